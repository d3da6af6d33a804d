/** A chart with a sentence for a title, its table one press away, and its data ready to paste into a sheet. */
import { Button, Segmented } from "antd";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useLocale } from "@/locale";
import { copyText } from "../clipboard";
import { Panel } from "../panel";
import type { BarRow } from "../rank-bars";

type Props = {
  title: string;
  note?: string;
  /** What the first column of the table holds: organisations, months, groups. */
  rowTitle: string;
  rows: BarRow[];
  children: ReactNode;
};

/** Most readers never ask for the table, and its script is as large as the page. */
const FigureTable = lazy(async () => ({ default: (await import("./figure-table")).FigureTable }));

const TAB = "\t";

/** The rows as tab-separated text, exact values included. */
export function asSheet(rows: BarRow[], head: string[]): string {
  const lines = rows.map(({ label, figure }) => [
    label,
    figure.shown,
    figure.value ?? "",
    figure.numerator ?? "",
    figure.denominator ?? "",
  ]);
  return [head, ...lines].map((line) => line.join(TAB)).join("\n");
}

export function ChartPanel({ title, note, rowTitle, rows, children }: Props) {
  const { t } = useLocale();
  const [form, setForm] = useState<"chart" | "table">("chart");
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const head = [rowTitle, t("figure.value"), t("figure.exact"), t("part.numerator"), t("part.denominator")];
    await copyText(asSheet(rows, head));
    setCopied(true);
  };
  return (
    <Panel
      title={title}
      note={note}
      flush={form === "table"}
      actions={
        <>
          <Button type="text" onClick={copy} onBlur={() => setCopied(false)}>
            {t(copied ? "action.copied" : "action.copy_data")}
          </Button>
          <Segmented
            value={form}
            onChange={setForm}
            options={[
              { value: "chart", label: t("chart.chart") },
              { value: "table", label: t("chart.table") },
            ]}
          />
        </>
      }
    >
      {form === "chart" ? (
        children
      ) : (
        <Suspense fallback={<div aria-busy="true">{children}</div>}>
          <FigureTable title={title} rowTitle={rowTitle} rows={rows} />
        </Suspense>
      )}
    </Panel>
  );
}
