/** As of which moment the records are read: now, or the end of a day in the past. */
import { DatePicker } from "antd";
import dayjs from "dayjs";
import { useLocale } from "@/locale";
import styles from "./pickers.module.css";

const DAY = "YYYY-MM-DD";

export function AsOf({ value, onChange }: { value: string | null; onChange: (day: string | null) => void }) {
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
