/** Who pays how much of a bill, layer by layer, each with its formula, its row and its source. */
import type { Plan, Planned } from "@/api/money";
import { useLocale } from "@/locale";
import { StatusMark } from "@/ui/status-mark";
import styles from "./page.module.css";

const SHADES = ["#123B6B", "#1F5FA8", "#4C8AD0", "#8DB8E6", "#C9DDF3", "#DDE7F1"];

/** The ids of a table and its row are the pack's; what the row says is quoted beside them. */
const IDS = /^(\w+表“\w+”行|table \w+, row \w+)$/;

/** `28837.74 = …；…；…`: the amount stands in its own column, the formula first, the rest smaller. */
function Reason({ text }: { text: string }) {
  const { lang } = useLocale();
  const [first = "", ...rest] = text.split(/；|; /);
  const said = rest.filter((one) => !IDS.test(one)).join(lang === "zh" ? "；" : "; ");
  return (
    <>
      <span>{first.replace(/^[\d.−-]+ (?==)/, "")}</span>
      {said && <span className={styles.reason}>{said}</span>}
    </>
  );
}

export function Split({ plan, person }: { plan: Plan; person: Planned["person"] }) {
  const { t, pick, lang } = useLocale();
  const name = (title: { zh: string; en: string | null }) => pick({ zh: title.zh, en: title.en ?? title.zh });
  return (
    <div data-testid="split">
      <p className={styles.head}>
        {person && (
          <strong>
            {person.name_masked} {pick(person.sex)} {person.age_shown}
          </strong>
        )}
        <span>{name(plan.title)}</span>
        <span>{t("settle.days", { on: plan.on_date, known: plan.known_on })}</span>
      </p>
      <div className={styles.bar_of} aria-hidden="true">
        {plan.steps.map((step, n) => (
          <span key={step.step} style={{ width: `${step.share}%`, background: SHADES[n] ?? "#C9DDF3" }} />
        ))}
        <span className={styles.own} style={{ width: `${plan.rest_share}%` }} />
      </div>
      <table className={styles.split}>
        <thead>
          <tr>
            <th>{t("settle.payer")}</th>
            <th className={styles.amount}>{t("settle.amount")}</th>
            <th>{t("settle.reason")}</th>
          </tr>
        </thead>
        <tbody>
          {plan.steps.map((step) => (
            <tr
              key={step.step}
              data-testid="step"
              data-step={step.step}
              className={step.applies ? "" : styles.quiet}
            >
              <td>
                {step.seq} {name(step.title)}
              </td>
              <td className={styles.amount}>{step.shown}</td>
              <td>
                <Reason text={pick(step.explain)} />
              </td>
            </tr>
          ))}
          <tr className={styles.rest}>
            <td>{t("settle.person")}</td>
            <td className={styles.amount} data-testid="rest">
              {plan.rest_shown}
            </td>
            <td className={styles.why}>{plan.why_rest?.[lang].join(lang === "zh" ? "；" : "; ")}</td>
          </tr>
          <tr className={styles.total}>
            <td>{t("settle.total")}</td>
            <td className={styles.amount} data-testid="total">
              {plan.total_shown}
            </td>
            <td>
              <StatusMark mark="ok" word="settle.sums" />
            </td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}
