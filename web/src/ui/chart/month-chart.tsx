/** How a figure moves through the months; the drawing library is loaded by the first chart on screen. */
import { lazy, Suspense } from "react";
import type { Figure } from "@/api/types";
import styles from "./month-chart.module.css";

export type MonthChartProps = {
  months: Figure[];
  labels: string[];
  targetValue: string | null;
  targetLabel: string | null;
  label: string;
  onOpen: (figure: Figure) => void;
};

const Drawing = lazy(() => import("./drawing").then((module) => ({ default: module.Drawing })));

export function MonthChart(props: MonthChartProps) {
  return (
    <div className={styles.chart} data-testid="month-chart">
      <Suspense fallback={null}>
        <Drawing {...props} />
      </Suspense>
    </div>
  );
}
