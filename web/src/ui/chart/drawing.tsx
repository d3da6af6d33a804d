/** ECharts on the page: the parts we use, our theme, one SVG per chart. Loaded lazily, never on the phone's daily path. */
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type ECharts, init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { usePalette } from "../theme/mode";
import type { MonthChartProps } from "./month-chart";
import styles from "./month-chart.module.css";
import { monthOption } from "./month-option";

use([
  BarChart,
  LineChart,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
  AriaComponent,
  LabelLayout,
  SVGRenderer,
]);

export function Drawing(props: MonthChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const palette = usePalette();

  useEffect(() => {
    if (!box.current) return;
    const drawn = init(box.current, null, { renderer: "svg" });
    const observer = new ResizeObserver(() => drawn.resize());
    observer.observe(box.current);
    chart.current = drawn;
    return () => {
      observer.disconnect();
      drawn.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    const drawn = chart.current;
    if (!drawn) return;
    drawn.setOption(monthOption(props, palette), { notMerge: true });
    drawn.off("click");
    drawn.on("click", (event) => {
      const figure = props.months[event.dataIndex ?? -1];
      if (figure) props.onOpen(figure);
    });
  }, [props, palette]);

  return <div ref={box} className={styles.canvas} />;
}
