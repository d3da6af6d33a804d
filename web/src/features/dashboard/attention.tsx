/** 今天要看的: what is off target or over a threshold, ordered by the server, each line with its next step. */
import { Link } from "react-router";
import type { Attention } from "@/api/types";
import { useLocale } from "@/locale";
import { Panel } from "@/ui/panel";
import { Empty } from "@/ui/region";
import { StatusShape } from "@/ui/status-mark";
import { useScope } from "@/view/scope";
import { useSession } from "@/view/session";
import styles from "./page.module.css";

export function AttentionList({ attention }: { attention: Attention[] }) {
  const { t, pick } = useLocale();
  const { to } = useScope();
  const { may } = useSession();
  return (
    <div className={styles.attention} data-testid="attention">
      <Panel title={t("dashboard.attention")} note={t("dashboard.attention_note")} flush>
        {attention.length === 0 && <Empty why={t("dashboard.attention_empty")} />}
        <ol>
          {attention.map(({ severity, text, indicator, org }) => (
            <li key={`${indicator} ${org}`}>
              <StatusShape mark={severity} />
              <span className={styles.sentence}>
                <span className="visually-hidden">
                  {t(severity === "late" ? "status.late" : "status.near")}：
                </span>
                {pick(text)}
              </span>
              <span className={styles.next}>
                <Link to={to("/figure", { indicator, org })}>{t("action.see_figure")}</Link>
                {may("see_people") && (
                  <Link to={to("/figure", { indicator, org, tab: "rows", part: "missed" })}>
                    {t("action.see_people")}
                  </Link>
                )}
              </span>
            </li>
          ))}
        </ol>
      </Panel>
    </div>
  );
}
