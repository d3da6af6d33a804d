/** How a figure moved, as a line without axes. With fewer than three points there is no movement to show. */
import type { TrendPoint } from "@/api/types";
import { useLocale } from "@/locale";
import { linePath } from "./chart/scale";
import styles from "./sparkline.module.css";

const WIDTH = 120;
const HEIGHT = 28;

export function Sparkline({ points }: { points: TrendPoint[] }) {
  const { t } = useLocale();
  const first = points[0];
  const last = points[points.length - 1];
  if (points.length < 3 || !first || !last) return null;
  const path = linePath(
    points.map((point) => point.value),
    WIDTH,
    HEIGHT,
  );
  if (path === "") return null;
  const label = t("chart.trend", { from: first.period, a: first.shown, to: last.period, b: last.shown });
  return (
    <svg
      className={styles.spark}
      viewBox={`-2 -3 ${WIDTH + 4} ${HEIGHT + 6}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      <path
        d={path}
        fill="none"
        stroke="var(--primary)"
        strokeWidth="1.6"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
