/** What the writer should look at before signing: relations that do not hold, and sentences left out for want of data. */
import type { Report } from "@/api/types";
import { useLocale } from "@/locale";
import { Panel } from "@/ui/panel";
import { Empty } from "@/ui/region";
import { StatusShape } from "@/ui/status-mark";
import styles from "./page.module.css";

/** Severities the server uses for a finding that must be resolved; everything else is advice. */
const MUST = new Set(["late", "error"]);

export function Review({ report }: { report: Report }) {
  const { t } = useLocale();
  const { findings, left_out } = report;
  return (
    <>
      <Panel title={t("report.findings")} flush>
        {findings.length === 0 ? (
          <Empty why={t("report.findings_none")} />
        ) : (
          <ul className={styles.findings}>
            {findings.map((finding) => (
              <li key={finding.text}>
                <StatusShape mark={MUST.has(finding.severity) ? "late" : "warn"} />
                <span>{finding.text}</span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {left_out.length > 0 && (
        <Panel title={t("report.left_out")} flush>
          <ul className={styles.findings}>
            {left_out.map((one) => (
              <li key={`${one.where} ${one.sentence}`}>
                <StatusShape mark="none" />
                <span>
                  {one.where} · {one.sentence}
                  <small>{one.why}</small>
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}
