/** Which period: a year, and within it the whole, a half, a quarter or a month. */
import { Select } from "antd";
import { type Key, useLocale } from "@/locale";
import styles from "./pickers.module.css";

type Props = { periods: string[]; value: string; onChange: (period: string) => void };

const HALVES: [string, Key][] = [
  ["H1", "period.h1"],
  ["H2", "period.h2"],
];
const QUARTERS = ["Q1", "Q2", "Q3", "Q4"];
const MONTHS = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"];

const YEAR_DIGITS = 4;

export function PeriodPicker({ periods, value, onChange }: Props) {
  const { t } = useLocale();
  const year = value.slice(0, YEAR_DIGITS);
  const part = value.slice(YEAR_DIGITS);
  const years = [...new Set([...periods.map((period) => period.slice(0, YEAR_DIGITS)), year])]
    .sort()
    .reverse();
  const parts = [
    { value: "", label: t("period.whole") },
    ...HALVES.map(([half, word]) => ({ value: half, label: t(word) })),
    ...QUARTERS.map((quarter) => ({ value: quarter, label: t("period.quarter", { n: quarter.slice(1) }) })),
    ...MONTHS.map((month) => ({
      value: `-${month}`,
      label: t("period.month", { n: month.replace(/^0/, "") }),
    })),
  ];
  return (
    <span className={styles.pair}>
      <Select
        aria-label={t("scope.year")}
        value={year}
        options={years.map((one) => ({ value: one, label: t("period.year", { n: one }) }))}
        onChange={(next: string) => onChange(`${next}${part}`)}
        popupMatchSelectWidth={false}
      />
      <Select
        aria-label={t("scope.part")}
        value={part}
        options={parts}
        onChange={(next: string) => onChange(`${year}${next}`)}
        popupMatchSelectWidth={false}
      />
    </span>
  );
}
