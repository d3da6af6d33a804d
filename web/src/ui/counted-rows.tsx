/** Rows behind a number, each leading to its record, or else to its person. */
import { Link, useNavigate } from "react-router";
import type { Column, CountedRow, Rows } from "@/api/types";
import { useLocale } from "@/locale";
import { QueryTable, type TableColumn } from "@/ui/query-table";
import { useScope } from "@/view/scope";

type Props = {
  label: string;
  /** The first page: it says which columns there are. */
  first: Rows;
  rows: CountedRow[];
};

export function CountedRows({ label, first, rows }: Props) {
  const { pick } = useLocale();
  const { to } = useScope();
  const navigate = useNavigate();
  const pathOf = (row: CountedRow) => {
    if (row.register) return to("/record", { register: row.register, id: row.id });
    if (row.resident) return to("/resident", { id: row.resident, purpose: "review" });
    return null;
  };
  const cell = (column: Column, lead: boolean) => (row: CountedRow) => {
    const path = lead ? pathOf(row) : null;
    const text = row.cells[column.key] ?? "—";
    return path ? <Link to={path}>{text}</Link> : text;
  };
  const columns: TableColumn<CountedRow>[] = first.columns.map((column, index) => ({
    key: column.key,
    title: pick(column.title),
    align: column.align,
    render: cell(column, index === 0),
  }));
  return (
    <QueryTable
      label={label}
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.register ?? ""} ${row.id}`}
      testId="counted-row"
      sticks
      onOpen={(row) => {
        const path = pathOf(row);
        if (path) navigate(path);
      }}
    />
  );
}
