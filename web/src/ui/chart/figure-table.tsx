/** The rows of a chart as a table: every value, with its parts, its target and its change. */
import { useLocale } from "@/locale";
import { FigureCell } from "../figure-cell";
import { FigureChange } from "../figure-change";
import { targetText } from "../figure-origin";
import { PartLink } from "../part-link";
import { QueryTable, type TableColumn } from "../query-table";
import type { BarRow } from "../rank-bars";
import { StatusMark, statusWord } from "../status-mark";

type Props = { title: string; rowTitle: string; rows: BarRow[] };

export function FigureTable({ title, rowTitle, rows }: Props) {
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
