/** What the server said no to: what, and what to do next. */
import { Refusal } from "@/api/client";
import { useLocale } from "@/locale";
import { StatusShape } from "@/ui/status-mark";
import styles from "./account.module.css";

export function Said({ error }: { error: Error | null }) {
  const { t } = useLocale();
  if (!error) return null;
  const problem = error instanceof Refusal && error.status > 0 ? error.problem : null;
  return (
    <div className={styles.said} role="alert">
      <StatusShape mark="late" />
      <div>
        <p>{problem?.what ?? t("state.unreachable")}</p>
        <p className={styles.note}>{problem?.next ?? t("state.unreachable_next")}</p>
      </div>
    </div>
  );
}
