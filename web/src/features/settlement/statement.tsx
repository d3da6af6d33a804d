/** The statement on paper: one A4 page that says who paid what, by which rule, and what is left for the person. */
import type { Settled } from "@/api/money";
import { useLocale } from "@/locale";
import { useCounty } from "@/view/county";
import styles from "./page.module.css";
import { Split } from "./split";

const HASH_DIGITS = 8;

export function Statement({ settled }: { settled: Settled }) {
  const { t, pick } = useLocale();
  const county = useCounty();
  return (
    <section className={styles.statement} data-testid="statement">
      <h2>
        {county && pick(county.title)} {t("settle.statement")}
      </h2>
      <p className={styles.head}>
        <span>
          {t("settle.no")} {settled.bill}
        </span>
        {settled.institution && <span>{settled.institution}</span>}
        <span>{settled.org_name}</span>
      </p>
      <Split plan={settled.plan} person={settled.person} />
      <p className={styles.head}>
        <span>{t("settle.printed", { at: settled.printed_at })}</span>
        <span>
          {settled.plan.pack} #{settled.plan.pack_hash.slice(0, HASH_DIGITS)}
        </span>
        <span>{t("settle.entry", { seq: `${settled.booked_seq ?? "—"}` })}</span>
      </p>
      <p className={styles.sign}>
        <span>{t("settle.sign_person")}</span>
        <span>{t("settle.sign_clerk")}</span>
      </p>
    </section>
  );
}
