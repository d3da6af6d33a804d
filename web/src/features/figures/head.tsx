/** The figure itself: where, how much, of what, against which target, counted to which day. */
import { Link } from "react-router";
import type { FigureDetail } from "@/api/types";
import { useLocale } from "@/locale";
import { FigureCell } from "@/ui/figure-cell";
import { FigureChange } from "@/ui/figure-change";
import { targetText } from "@/ui/figure-origin";
import { PartLink } from "@/ui/part-link";
import { StatusMark, statusWord } from "@/ui/status-mark";
import { useScope } from "@/view/scope";
import styles from "./page.module.css";

export function FigureHead({ detail: { figure, path } }: { detail: FigureDetail }) {
  const { t } = useLocale();
  const { to } = useScope();
  const tab = { indicator: figure.indicator, period: figure.period };
  return (
    <section className={styles.head} data-testid="figure-head">
      <nav className={styles.path} aria-label={t("figure.path")} data-testid="path">
        {path.map((step) =>
          step.id === figure.org ? (
            <span key={step.id} aria-current="page">
              {step.name}
            </span>
          ) : (
            <Link key={step.id} to={to("/figure", { ...tab, org: step.id })}>
              {step.name}
            </Link>
          ),
        )}
      </nav>
      <div className={styles.line}>
        <div className={styles.reading}>
          <FigureCell figure={figure} size="page" />
          {figure.denominator_shown && (
            <span className={styles.formula} data-testid="formula">
              = <PartLink figure={figure} part="numerator" shown={figure.numerator_shown} /> ÷{" "}
              <PartLink figure={figure} part="denominator" shown={figure.denominator_shown} />
            </span>
          )}
          {figure.target && (
            <StatusMark mark={figure.status} word={statusWord(figure.status, figure.target)} />
          )}
        </div>
        <div className={styles.facts}>
          <span>{figure.period_shown}</span>
          <span>
            {t("figure.cut_off")} {figure.cut_off}
          </span>
          {figure.target && (
            <span>
              {t("figure.target")} {targetText(figure.target)}
              {figure.gap_shown && ` · ${figure.gap_shown}`}
            </span>
          )}
          {figure.change && <FigureChange change={figure.change} />}
        </div>
      </div>
    </section>
  );
}
