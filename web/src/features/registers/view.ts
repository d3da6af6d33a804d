/** What a list shows, read from the address: `f.FIELD` filters, `sort`, `columns`. */
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import type { ListView } from "@/api/registers";

export function useListView(): ListView & {
  clear: () => void;
  filter: (name: string, value: string | null) => void;
} {
  const [search, setSearch] = useSearchParams();
  return useMemo(() => {
    const filters: Record<string, string> = {};
    for (const [name, value] of search) if (name.startsWith("f.")) filters[name.slice(2)] = value;
    const change = (edit: (next: URLSearchParams) => void) =>
      setSearch((now) => {
        const next = new URLSearchParams(now);
        edit(next);
        return next;
      });
    return {
      filters,
      sort: search.get("sort"),
      columns: search.get("columns"),
      clear: () =>
        change((next) =>
          [...next.keys()].filter((name) => name.startsWith("f.")).map((name) => next.delete(name)),
        ),
      filter: (name, value) =>
        change((next) => (value ? next.set(`f.${name}`, value) : next.delete(`f.${name}`))),
    };
  }, [search, setSearch]);
}
