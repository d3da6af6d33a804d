/**
 * A number on a page. Every number is one of these: it prints what the server sent, says its status, explains itself
 * while hovered and opens when pressed.
 */
import { Popover } from "antd";
import { Link } from "react-router";
import type { Figure } from "@/api/types";
import { useLocale } from "@/locale";
import { useScope } from "@/view/scope";
import styles from "./figure-cell.module.css";
import { FigureOrigin } from "./figure-origin";
import { StatusMark, statusWord } from "./status-mark";

type Props = {
  figure: Figure;
  size?: "cell" | "card" | "page";
  /** Whether the status shape stands beside the number; a figure without a target has none to show. */
  mark?: boolean;
  /** Extra parameters of the page that opens, for instance its tab. */
  open?: Record<string, string>;
};

/** Where a figure opens. */
export function figureQueryOf(figure: Pick<Figure, "indicator" | "org" | "period">) {
  return { indicator: figure.indicator, org: figure.org, period: figure.period };
}

export function FigureCell({ figure, size = "cell", mark = false, open }: Props) {
  const { t, pick } = useLocale();
  const { to } = useScope();
  const missing = figure.value === null;
  const label = `${pick(figure.title)} ${figure.org_name} ${figure.period_shown} ${figure.shown}`;
  return (
    <span className={`${styles.figure} ${styles[size]}`}>
      {mark && figure.status !== "none" && (
        <StatusMark mark={figure.status} word={statusWord(figure.status, figure.target)} quiet />
      )}
      <Popover content={<FigureOrigin figure={figure} />} mouseEnterDelay={0.25} mouseLeaveDelay={0.05}>
        <Link
          className={styles.value}
          to={to("/figure", { ...figureQueryOf(figure), ...open })}
          aria-label={label}
          data-testid="figure"
          data-indicator={figure.indicator}
          data-org={figure.org}
          data-value={figure.value ?? ""}
          data-numerator={figure.numerator ?? ""}
          data-denominator={figure.denominator ?? ""}
        >
          {figure.shown}
        </Link>
      </Popover>
      {missing && <span className={styles.missing}>{figure.missing ?? t("figure.not_collected")}</span>}
    </span>
  );
}
