/**
 * Who is behind: one bar per row from zero, in the server's order, with the target as a labelled line.
 *
 * Every value is a `FigureCell`, so every bar opens.
 */
import type { Figure, Target } from "@/api/types";
import { useLocale } from "@/locale";
import { share, widest } from "./chart/scale";
import { FigureCell } from "./figure-cell";
import { targetText } from "./figure-origin";
import { MiddleCut } from "./middle-cut";
import styles from "./rank-bars.module.css";
import { StatusMark, statusWord } from "./status-mark";

export type BarRow = { key: string; label: string; figure: Figure };

type Props = {
  rows: BarRow[];
  /** Where the target line stands; null when there is no target. */
  targetValue?: string | null;
  target?: Target | null;
};

/** Rows that compare organisations. */
export const orgRows = (figures: Figure[]): BarRow[] =>
  figures.map((figure) => ({ key: figure.org, label: figure.org_name, figure }));

export function RankBars({ rows, targetValue = null, target = null }: Props) {
  const { t } = useLocale();
  const scale = widest([...rows.map((row) => row.figure.value), targetValue]);
  const targetAt = targetValue === null ? null : `${share(targetValue, scale) * 100}%`;
  return (
    <div data-testid="rank-bars">
      {targetAt && target && (
        <div className={`${styles.row} ${styles.head}`}>
          <span />
          <span className={styles.axis}>
            <span className={styles.targetLabel} style={{ left: targetAt }}>
              {t("figure.target")} {targetText(target)}
            </span>
          </span>
        </div>
      )}
      <ol>
        {rows.map((row) => (
          <li className={styles.row} key={row.key}>
            <span className={styles.name}>
              <MiddleCut text={row.label} />
            </span>
            <span className={styles.axis}>
              <span className={styles.bar} style={{ width: `${share(row.figure.value, scale) * 100}%` }} />
              {targetAt && <span className={styles.target} style={{ left: targetAt }} />}
            </span>
            <span className={styles.mark}>
              {row.figure.status !== "none" && (
                <StatusMark
                  mark={row.figure.status}
                  word={statusWord(row.figure.status, row.figure.target)}
                  quiet
                />
              )}
            </span>
            <span className={styles.value}>
              <FigureCell figure={row.figure} />
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
