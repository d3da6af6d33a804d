/** The townships side by side for one figure, best first, with the target line. */
import { Select } from "antd";
import type { Comparison, Figure } from "@/api/types";
import { useLocale } from "@/locale";
import { ChartPanel } from "@/ui/chart/chart-panel";
import { orgRows, RankBars } from "@/ui/rank-bars";
import { useScope } from "@/view/scope";
import styles from "./comparison.module.css";

type Props = { comparison: Comparison; choices: Figure[] };

export function ComparisonPanel({ comparison, choices }: Props) {
  const { t, pick } = useLocale();
  const { set } = useScope();
  const rows = orgRows(comparison.rows);
  const target = comparison.rows.find((row) => row.target !== null)?.target ?? null;
  const options = choices.map((figure) => ({ value: figure.indicator, label: pick(figure.title) }));
  if (!choices.some((figure) => figure.indicator === comparison.indicator)) {
    options.unshift({ value: comparison.indicator, label: pick(comparison.title) });
  }
  return (
    <div data-testid="comparison">
      <ChartPanel title={pick(comparison.sentence)} rowTitle={t("figure.org")} rows={rows}>
        <div className={`${styles.choice} no-print`}>
          <Select
            aria-label={t("dashboard.compare")}
            prefix={t("dashboard.compare")}
            value={comparison.indicator}
            options={options}
            onChange={(next: string) => set({ compare: next })}
            popupMatchSelectWidth={false}
          />
        </div>
        <RankBars rows={rows} target={target} targetValue={comparison.target} />
      </ChartPanel>
    </div>
  );
}
