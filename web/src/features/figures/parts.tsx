/** 构成: the next organisation level, the months, and the groups a figure is made of. Every part opens in turn. */
import { useNavigate } from "react-router";
import type { Breakdown, Figure, FigureDetail } from "@/api/types";
import { useLocale } from "@/locale";
import { ChartPanel } from "@/ui/chart/chart-panel";
import { MonthChart } from "@/ui/chart/month-chart";
import { targetPlace } from "@/ui/chart/scale";
import { figureQueryOf } from "@/ui/figure-cell";
import { targetText } from "@/ui/figure-origin";
import { Panel } from "@/ui/panel";
import { type BarRow, orgRows, RankBars } from "@/ui/rank-bars";
import { Empty } from "@/ui/region";
import { useScope } from "@/view/scope";
import styles from "./page.module.css";

/** Up to this many groups are named one by one in a title. */
const NAMED_IN_TITLE = 2;

export function PartsTab({ detail }: { detail: FigureDetail }) {
  const { t } = useLocale();
  const { figure, children, months, breakdown } = detail;
  if (children.length === 0 && months.length === 0 && breakdown.length === 0) {
    return (
      <Panel title={t("figure.tab_parts")}>
        <Empty why={t("figure.no_parts")} />
      </Panel>
    );
  }
  return (
    <div className={styles.parts}>
      {children.length > 0 && <Organisations figure={figure} rows={orgRows(children)} />}
      <div className={styles.column}>
        {months.length > 0 && <Months figure={figure} months={months} />}
        {breakdown.map((one) => (
          <Groups key={one.by} breakdown={one} />
        ))}
      </div>
    </div>
  );
}

/** The name of a month without its year, which the page already says. */
const monthName = (month: Figure) => month.period_shown.replace(/^\d{4}\s*年/, "");

/** "first, last" of a ranking as a sentence; a single row is simply named. */
function useRankSentence() {
  const { t } = useLocale();
  return (rows: BarRow[]) => {
    const best = rows[0];
    const worst = rows[rows.length - 1];
    if (!best || !worst) return "";
    if (rows.length <= NAMED_IN_TITLE) {
      return rows.map((row) => `${row.label} ${row.figure.shown}`).join(t("figure.comma"));
    }
    return t("figure.rank_sentence", {
      best: best.label,
      a: best.figure.shown,
      worst: worst.label,
      b: worst.figure.shown,
    });
  };
}

function Organisations({ figure, rows }: { figure: Figure; rows: BarRow[] }) {
  const { t } = useLocale();
  const sentence = useRankSentence();
  return (
    <div data-testid="children">
      <ChartPanel title={sentence(rows)} note={t("figure.by_org")} rowTitle={t("figure.org")} rows={rows}>
        <RankBars rows={rows} target={figure.target} targetValue={targetPlace(figure.target, figure.unit)} />
      </ChartPanel>
    </div>
  );
}

function Months({ figure, months }: { figure: Figure; months: Figure[] }) {
  const { t } = useLocale();
  const { to } = useScope();
  const navigate = useNavigate();
  const rows: BarRow[] = months.map((month) => ({
    key: month.period,
    label: month.period_shown,
    figure: month,
  }));
  const counted = months.filter((month) => month.value !== null);
  const first = counted[0];
  const last = counted[counted.length - 1];
  const title =
    first && last && first !== last
      ? t("figure.month_sentence", {
          from: monthName(first),
          a: first.shown,
          to: monthName(last),
          b: last.shown,
        })
      : t("figure.by_month");
  return (
    <ChartPanel title={title} note={t("figure.by_month")} rowTitle={t("figure.period")} rows={rows}>
      <MonthChart
        months={months}
        labels={months.map(monthName)}
        targetValue={targetPlace(figure.target, figure.unit)}
        targetLabel={figure.target ? `${t("figure.target")} ${targetText(figure.target)}` : null}
        label={title}
        onOpen={(month) => navigate(to("/figure", figureQueryOf(month)))}
      />
    </ChartPanel>
  );
}

function Groups({ breakdown }: { breakdown: Breakdown }) {
  const { t, pick } = useLocale();
  const rows: BarRow[] = breakdown.rows.map((row) => ({
    key: row.key,
    label: pick(row.label),
    figure: row.figure,
  }));
  const named = rows.length <= NAMED_IN_TITLE;
  const title = named
    ? rows.map((row) => `${row.label} ${row.figure.shown}`).join(t("figure.comma"))
    : t("figure.group_sentence", { by: pick(breakdown.title) });
  return (
    <ChartPanel
      title={title}
      {...(named ? { note: pick(breakdown.title) } : {})}
      rowTitle={pick(breakdown.title)}
      rows={rows}
    >
      <RankBars rows={rows} />
    </ChartPanel>
  );
}
