/**
 * A dense list whose rows open: a table at a desk, three lines per row in the hand.
 *
 * Knows nothing of where rows come from; a column renders itself or prints the row's text.
 */
import { Table } from "antd";
import type { KeyboardEvent, ReactNode } from "react";
import { PHONE, useMedia } from "@/view/media";
import styles from "./query-table.module.css";

export type TableColumn<Row> = {
  key: string;
  title: string;
  align?: "left" | "right";
  /** Pixels; a column without a width shares what is left. */
  width?: number;
  render: (row: Row) => ReactNode;
};

type Props<Row> = {
  columns: TableColumn<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  onOpen?: (row: Row) => void;
  /** Read aloud before the table. */
  label: string;
  testId?: string;
  /** Whether the head row stays in sight while the page scrolls: for the list that is the page. */
  sticks?: boolean;
  /** Rows that head a group: their first column spans the whole row and they do not open. */
  heads?: (row: Row) => boolean;
};

export function QueryTable<Row extends object>(props: Props<Row>) {
  const phone = useMedia(PHONE);
  return phone ? <Lines {...props} /> : <Grid {...props} />;
}

function opening<Row>(row: Row, onOpen?: (row: Row) => void) {
  if (!onOpen) return {};
  return {
    tabIndex: 0,
    onClick: () => onOpen(row),
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      if (event.key === "Enter" && event.target === event.currentTarget) onOpen(row);
    },
  };
}

function Grid<Row extends object>({
  columns,
  rows,
  rowKey,
  onOpen,
  label,
  testId,
  heads,
  sticks,
}: Props<Row>) {
  const spanOf = (row: Row, index: number) => {
    if (!heads?.(row)) return {};
    return { colSpan: index === 0 ? columns.length : 0, className: styles.group ?? "" };
  };
  return (
    <Table<Row>
      className={`${styles.table} ${onOpen ? styles.opens : ""} ${sticks ? styles.sticks : ""}`}
      size="small"
      aria-label={label}
      pagination={false}
      rowKey={rowKey}
      dataSource={rows}
      columns={columns.map((column, index) => ({
        key: column.key,
        title: column.title,
        align: column.align ?? "left",
        ...(column.width ? { width: column.width } : {}),
        onCell: (row: Row) => spanOf(row, index),
        render: (_: unknown, row: Row) => (heads?.(row) && index > 0 ? null : column.render(row)),
      }))}
      onRow={(row) =>
        (heads?.(row)
          ? { className: styles.groupRow }
          : { ...opening(row, onOpen), "data-testid": testId, "data-row": rowKey(row) }) as object
      }
    />
  );
}

function Lines<Row extends object>({ columns, rows, rowKey, onOpen, label, testId, heads }: Props<Row>) {
  const [first, ...rest] = columns;
  return (
    <ul className={styles.lines} aria-label={label}>
      {rows.map((row) =>
        heads?.(row) ? (
          <li key={rowKey(row)} className={styles.group}>
            {first?.render(row)}
          </li>
        ) : (
          <li
            key={rowKey(row)}
            className={onOpen ? styles.opens : undefined}
            data-testid={testId}
            data-row={rowKey(row)}
            {...opening(row, onOpen)}
          >
            <div className={styles.lead}>{first?.render(row)}</div>
            <div className={styles.pairs}>
              {rest.map((column) => (
                <span key={column.key}>
                  <span className={styles.key}>{column.title}</span> {column.render(row)}
                </span>
              ))}
            </div>
          </li>
        ),
      )}
    </ul>
  );
}
