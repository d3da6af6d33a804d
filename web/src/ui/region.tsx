/**
 * One region of a page in each of its states: loading, refused, empty, or its content.
 *
 * A region that fails leaves the rest of the page working; one that loads keeps its height.
 */
import { Button } from "antd";
import type { ReactNode } from "react";
import { Refusal } from "@/api/client";
import { useLocale } from "@/locale";
import styles from "./region.module.css";
import { StatusShape } from "./status-mark";

/** What a region needs to know of a query. */
export type Asked<T> = {
  data: T | undefined;
  error: Error | null;
  isPlaceholderData?: boolean;
  refetch: () => unknown;
};

type Props<T> = {
  query: Asked<T>;
  /** Height of the skeleton in pixels, near that of the content. */
  height: number;
  children: (data: T) => ReactNode;
};

export function Region<T>({ query, height, children }: Props<T>) {
  const { t } = useLocale();
  if (query.data !== undefined) {
    return <div className={query.isPlaceholderData ? styles.stale : undefined}>{children(query.data)}</div>;
  }
  if (query.error) return <Refused error={query.error} retry={query.refetch} />;
  return (
    <div
      className={styles.skeleton}
      style={{ minHeight: height }}
      role="status"
      aria-label={t("state.loading")}
    >
      <span />
      <span />
      <span />
    </div>
  );
}

/** What, where and next, with a button to try again and the number to read over the telephone. */
export function Refused({ error, retry }: { error: Error; retry: () => unknown }) {
  const { t } = useLocale();
  const problem = error instanceof Refusal ? error.problem : null;
  const unreachable = problem === null || problem.code === "unreachable";
  return (
    <div className={styles.refused} role="alert">
      <StatusShape mark="late" />
      <div>
        <p className={styles.what}>{(!unreachable && problem.what) || t("state.unreachable")}</p>
        <p className={styles.detail}>{(!unreachable && problem.next) || t("state.unreachable_next")}</p>
        {problem?.request && (
          <p className={styles.detail}>
            {t("state.request", { code: problem.code, request: problem.request })}
          </p>
        )}
        {problem?.code !== "not-permitted" && (
          <Button size="middle" onClick={() => retry()}>
            {t("state.retry")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** One line why there is nothing, and one step next. */
export function Empty({ why, children }: { why: string; children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <p>{why}</p>
      {children}
    </div>
  );
}
