/** The calendar behind `AsOf`: now, or the end of a day in the past. */
import { DatePicker } from "antd";
import dayjs from "dayjs";
import { useLocale } from "@/locale";
import styles from "./pickers.module.css";

const DAY = "YYYY-MM-DD";

export type Props = { value: string | null; onChange: (day: string | null) => void };

export function DayOf({ value, onChange }: Props) {
  const { t } = useLocale();
  return (
    <DatePicker
      className={styles.asOf}
      aria-label={t("scope.as_of")}
      prefix={<span className={styles.prefix}>{t("scope.as_of")}</span>}
      placeholder={t("scope.now")}
      value={value ? dayjs(value) : null}
      onChange={(day) => onChange(day ? day.format(DAY) : null)}
      inputReadOnly
    />
  );
}
