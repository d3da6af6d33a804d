/**
 * Which organisation, period and moment a page is about, and in which language.
 *
 * The URL is the only place this lives: a link is a view. Never holds a name or a citizen number.
 */
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import type { Scoped } from "@/api/queries";

const CARRIED = ["org", "period", "as_of", "tree", "standing", "lang"] as const;

export type Query = Record<string, string | null | undefined>;

/** A path whose query string is `carried` overlaid with `extra`; null removes a key. */
export function pathWith(path: string, carried: Query, extra: Query = {}): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...carried, ...extra })) {
    if (value) query.set(key, value);
  }
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

export function useScope() {
  const [search, setSearch] = useSearchParams();

  const scope: Scoped = useMemo(
    () => ({
      org: search.get("org"),
      period: search.get("period"),
      as_of: search.get("as_of"),
      tree: search.get("tree"),
      standing: search.get("standing"),
      lang: search.get("lang") === "en" ? "en" : "zh",
    }),
    [search],
  );

  /** A link to another page that stays in this scope. */
  const to = useCallback(
    (path: string, extra: Query = {}) => {
      const carried = Object.fromEntries(CARRIED.map((key) => [key, search.get(key)]));
      return pathWith(path, carried, extra);
    },
    [search],
  );

  /** Changes this page's own view; null removes a key. */
  const set = useCallback(
    (changes: Query, options: { replace?: boolean } = {}) => {
      setSearch((now) => {
        const next = new URLSearchParams(now);
        for (const [key, value] of Object.entries(changes)) {
          if (value) next.set(key, value);
          else next.delete(key);
        }
        return next;
      }, options);
    },
    [setSearch],
  );

  return { scope, get: (key: string) => search.get(key), to, set };
}
