/** As of which moment the records are read: now, or the end of a day in the past. */
import { useLocale } from "@/locale";
import type { Props } from "./day-of";
import { later } from "./later";
import styles from "./pickers.module.css";

function Standing({ value }: Props) {
  const { t } = useLocale();
  return (
    <span className={`${styles.standing} ${styles.asOf}`}>
      <span className={styles.prefix}>{t("scope.as_of")}</span>
      <span className={value ? undefined : styles.prefix}>{value ?? t("scope.now")}</span>
    </span>
  );
}

export const AsOf = later(() => import("./day-of").then(({ DayOf }) => DayOf), Standing);
