/** 名单: exactly the rows a figure counted, looked at, or looked at and did not count. The total is the figure's own. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { rowsQuery } from "@/api/queries";
import type { FigureDetail, Part } from "@/api/types";
import { type Key, useLocale } from "@/locale";
import { CountedRows } from "@/ui/counted-rows";
import { Empty, Region } from "@/ui/region";
import { useScope } from "@/view/scope";
import styles from "./page.module.css";

const PART_WORD: Record<Part, Key> = {
  numerator: "part.numerator",
  denominator: "part.denominator",
  missed: "part.missed",
  excluded: "part.excluded",
};

const SKELETON_PX = 480;

/** The parts a figure has: a count has only the rows it counts, and those left out when there are any. */
export function partsOf(detail: FigureDetail): Part[] {
  const parts: Part[] =
    detail.figure.denominator === null ? ["numerator"] : ["numerator", "denominator", "missed"];
  return detail.excluded > 0 ? [...parts, "excluded"] : parts;
}

export function RowsTab({ detail }: { detail: FigureDetail }) {
  const { t } = useLocale();
  const { scope, get, set } = useScope();
  const parts = partsOf(detail);
  const part = parts.find((one) => one === get("part")) ?? "numerator";
  const query = useInfiniteQuery(rowsQuery(scope, detail.figure.indicator, part));
  const pages = query.data?.pages;
  const rows = pages?.flatMap((page) => page.rows) ?? [];
  return (
    <section className={styles.sheet}>
      <div className={styles.bar}>
        {parts.length > 1 && (
          <Segmented
            value={part}
            onChange={(next) => set({ part: next }, { replace: true })}
            options={parts.map((one) => ({
              value: one,
              label: <span data-testid={`part-${one}`}>{t(PART_WORD[one])}</span>,
            }))}
          />
        )}
        {pages?.[0] && (
          <span className={styles.total} data-testid="rows-total" data-total={pages[0].total}>
            {t("rows.total", { total: pages[0].total_shown })}
          </span>
        )}
      </div>
      <Region query={{ data: pages?.[0], error: query.error, refetch: query.refetch }} height={SKELETON_PX}>
        {(first) => (
          <>
            {rows.length === 0 ? (
              <Empty why={t(part === "missed" ? "rows.none_missed" : "rows.none")} />
            ) : (
              <CountedRows label={t("figure.tab_rows")} first={first} rows={rows} />
            )}
            {query.hasNextPage && (
              <div className={`${styles.more} no-print`}>
                <Button loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                  {t("rows.more")}
                </Button>
                <span>{t("rows.shown", { n: `${rows.length}`, total: first.total_shown })}</span>
              </div>
            )}
          </>
        )}
      </Region>
    </section>
  );
}
