/**
 * A series of months as an ECharts option: a line for rates, bars from zero for amounts, the target dashed.
 *
 * Labels are the server's own texts; the value axis carries none, because its numbers would be ours.
 */
import { FONT_FAMILY, type Palette } from "../theme/tokens";
import type { MonthChartProps } from "./month-chart";
import { place } from "./scale";

const RATES = new Set(["%", "‰"]);
const LABEL_PX = 12;

export function monthOption(props: MonthChartProps, palette: Palette): Record<string, unknown> {
  const { months, labels, targetValue, targetLabel, label } = props;
  const rate = months.some((figure) => RATES.has(figure.unit));
  const target = place(targetValue);
  const text = { color: palette.text2, fontFamily: FONT_FAMILY, fontSize: LABEL_PX };
  return {
    animation: false,
    aria: { enabled: true, label: { description: label } },
    textStyle: { fontFamily: FONT_FAMILY },
    grid: { left: 8, right: targetLabel ? 92 : 16, top: 28, bottom: 28 },
    tooltip: { show: false },
    xAxis: {
      type: "category",
      data: labels,
      boundaryGap: true,
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
      axisLabel: { ...text, color: palette.text3, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      show: false,
      scale: rate,
      ...(rate && target !== null
        ? {
            min: (range: { min: number }) => Math.min(range.min, target),
            max: (range: { max: number }) => Math.max(range.max, target),
          }
        : {}),
    },
    series: [
      {
        type: rate ? "line" : "bar",
        data: months.map((figure) => place(figure.value)),
        connectNulls: false,
        symbol: "circle",
        symbolSize: 6,
        barMaxWidth: 36,
        itemStyle: { color: rate ? palette.primary : "#4C8AD0" },
        lineStyle: { color: palette.primary, width: 2 },
        label: {
          show: true,
          position: "top",
          ...text,
          // A steep line runs through the words beside it.
          textBorderColor: palette.panel,
          textBorderWidth: 3,
          formatter: ({ dataIndex }: { dataIndex: number }) => months[dataIndex]?.shown ?? "",
        },
        labelLayout: { hideOverlap: true },
        clip: false,
        ...(target !== null && targetLabel
          ? {
              markLine: {
                symbol: "none",
                silent: true,
                data: [{ yAxis: target }],
                lineStyle: { color: palette.accent, type: "dashed", width: 1 },
                label: { position: "end", color: palette.accent, fontSize: LABEL_PX, formatter: targetLabel },
              },
            }
          : {}),
      },
    ],
  };
}
