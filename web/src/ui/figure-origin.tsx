/** How a number came about, in a few lines: formula, period, cut-off, target and source. */
import type { Figure } from "@/api/types";
import { useLocale } from "@/locale";
import styles from "./figure-origin.module.css";
import { StatusMark, statusWord } from "./status-mark";

type Props = { figure: Figure; formula?: string; source?: string };

/** The formula of a ratio as the server wrote its parts, or null for a figure without parts. */
export function formulaOf(figure: Figure): string | null {
  if (!figure.numerator_shown || !figure.denominator_shown) return null;
  return `${figure.numerator_shown} ÷ ${figure.denominator_shown}`;
}

/** The target with its direction: ≥ for "at least", ≤ for "at most". */
export function targetText(target: NonNullable<Figure["target"]>): string {
  return `${target.direction === "at_least" ? "≥" : "≤"} ${target.shown}`;
}

export function FigureOrigin({ figure, formula, source }: Props) {
  const { t, pick } = useLocale();
  const parts = formula || formulaOf(figure);
  return (
    <div className={styles.origin} data-testid="figure-origin">
      <div className={styles.title}>{pick(figure.title)}</div>
      <div className={styles.equation}>
        <strong>{figure.shown}</strong>
        {parts && <span data-testid="formula">= {parts}</span>}
      </div>
      <dl className={styles.facts}>
        <dt>{t("figure.org")}</dt>
        <dd>{figure.org_name}</dd>
        <dt>{t("figure.period")}</dt>
        <dd>{figure.period_shown}</dd>
        <dt>{t("figure.cut_off")}</dt>
        <dd>{figure.cut_off}</dd>
        {figure.target && (
          <>
            <dt>{t("figure.target")}</dt>
            <dd>
              {targetText(figure.target)}{" "}
              <StatusMark mark={figure.status} word={statusWord(figure.status, figure.target)} />
            </dd>
          </>
        )}
        {figure.value === null && (
          <>
            <dt>{t("figure.why_missing")}</dt>
            <dd>{figure.missing ?? t("figure.not_collected")}</dd>
          </>
        )}
        {source && (
          <>
            <dt>{t("figure.source")}</dt>
            <dd>{source}</dd>
          </>
        )}
      </dl>
    </div>
  );
}
