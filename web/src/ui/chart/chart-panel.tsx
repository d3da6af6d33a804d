/** A chart with a sentence for a title, its table one press away, and its data ready to paste into a sheet. */
import { Button, Segmented } from "antd";
import { type ReactNode, useState } from "react";
import { useLocale } from "@/locale";
import { copyText } from "../clipboard";
import { FigureCell } from "../figure-cell";
import { FigureChange } from "../figure-change";
import { targetText } from "../figure-origin";
import { Panel } from "../panel";
import { PartLink } from "../part-link";
import { QueryTable, type TableColumn } from "../query-table";
import type { BarRow } from "../rank-bars";
import { StatusMark, statusWord } from "../status-mark";

type Props = {
  title: string;
  note?: string;
  /** What the first column of the table holds: organisations, months, groups. */
  rowTitle: string;
  rows: BarRow[];
  children: ReactNode;
};

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
      {form === "chart" ? children : <FigureTable title={title} rowTitle={rowTitle} rows={rows} />}
    </Panel>
  );
}

function FigureTable({ title, rowTitle, rows }: { title: string; rowTitle: string; rows: BarRow[] }) {
  const { t } = useLocale();
  const ratio = rows.some(({ figure }) => figure.numerator_shown !== null);
  const target = rows.some(({ figure }) => figure.target !== null);
  const columns: TableColumn<BarRow>[] = [
    { key: "label", title: rowTitle, render: (row) => row.label },
    {
      key: "value",
      title: t("figure.value"),
      align: "right",
      render: (row) => <FigureCell figure={row.figure} />,
    },
  ];
  if (ratio) {
    columns.push(
      {
        key: "numerator",
        title: t("part.numerator"),
        align: "right",
        render: ({ figure }) => <PartLink figure={figure} part="numerator" shown={figure.numerator_shown} />,
      },
      {
        key: "denominator",
        title: t("part.denominator"),
        align: "right",
        render: ({ figure }) => (
          <PartLink figure={figure} part="denominator" shown={figure.denominator_shown} />
        ),
      },
    );
  }
  if (target) {
    columns.push(
      {
        key: "target",
        title: t("figure.target"),
        align: "right",
        render: ({ figure }) => (figure.target ? targetText(figure.target) : "—"),
      },
      {
        key: "status",
        title: t("figure.status"),
        render: ({ figure }) => (
          <StatusMark mark={figure.status} word={statusWord(figure.status, figure.target)} />
        ),
      },
    );
  }
  columns.push({
    key: "change",
    title: t("figure.change"),
    render: ({ figure }) => (figure.change ? <FigureChange change={figure.change} bare /> : "—"),
  });
  return <QueryTable label={title} columns={columns} rows={rows} rowKey={(row) => row.key} />;
}
