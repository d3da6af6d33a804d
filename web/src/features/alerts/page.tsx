/** 预警: what needs attention now, newest first; each stays until somebody writes down what was done. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { alertsQuery } from "@/api/queries";
import type { Alert, Alerts } from "@/api/types";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { Empty, Region } from "@/ui/region";
import { StatusShape } from "@/ui/status-mark";
import { useScope } from "@/view/scope";
import { useSession } from "@/view/session";
import { AnswerForm } from "./answer-form";
import styles from "./page.module.css";

const SKELETON_PX = 500;

const MARK = { open: "warn", escalated: "late", acknowledged: "ok" } as const;

export function AlertsPage() {
  const { t } = useLocale();
  const { scope, get, set } = useScope();
  const all = get("all") === "1";
  const query = useInfiniteQuery(alertsQuery(scope, all));
  const asked = { ...query, data: query.data?.pages };
  return (
    <PageFrame title={t("page.alerts")} scope={["org", "as_of"]}>
      <div className={styles.layout}>
        <div className="no-print">
          <Segmented
            aria-label={t("alerts.which")}
            value={all ? "1" : ""}
            options={[
              { value: "", label: t("alerts.open") },
              { value: "1", label: t("alerts.all") },
            ]}
            onChange={(value) => set({ all: value || null })}
          />
        </div>
        <Region query={asked} height={SKELETON_PX}>
          {(pages) => {
            const [first] = pages;
            if (!first) return null;
            const rows = pages.flatMap((page) => page.alerts);
            return (
              <Panel title={t("page.alerts")} note={t("alerts.total", { n: String(first.total) })} flush>
                {rows.length === 0 ? (
                  <Empty why={t("alerts.none")}>{t("alerts.none_why")}</Empty>
                ) : (
                  <ul className={styles.list} data-testid="alerts">
                    {rows.map((row) => (
                      <AlertLine key={row.alert} row={row} outcomes={first.outcomes} />
                    ))}
                  </ul>
                )}
                {query.hasNextPage && (
                  <div className={styles.more}>
                    <Button block loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                      {t("alerts.more", { n: String(first.total - rows.length) })}
                    </Button>
                  </div>
                )}
              </Panel>
            );
          }}
        </Region>
      </div>
    </PageFrame>
  );
}

const minute = (moment: string) => moment.slice(0, 16).replace("T", " ");

function AlertLine({ row, outcomes }: { row: Alert; outcomes: Alerts["outcomes"] }) {
  const { t, pick } = useLocale();
  const { scope, to } = useScope();
  const { may } = useSession();
  const [answers, setAnswers] = useState(false);
  // A past moment is looked at, not answered.
  const mayAnswer = row.answer === null && row.within_reach && may("write_records") && !scope.as_of;
  const words = [
    t("alerts.since", { at: minute(row.opened_at) }),
    row.answer === null && row.due_at && t("alerts.due", { at: minute(row.due_at) }),
    row.escalated > 0 && t("alerts.escalated", { n: String(row.escalated) }),
    row.stands_with !== row.org && t("alerts.with", { org: row.stands_with_name }),
  ];
  return (
    <li className={styles.alert} data-testid="alert" data-alert={row.alert} data-state={row.state}>
      <StatusShape mark={MARK[row.state]} />
      <div className={styles.words}>
        <strong>{row.say}</strong>
        <span className={styles.small}>{[row.name, row.org_name, ...words].filter(Boolean).join(" · ")}</span>
        {row.answer && (
          <span>
            {pick(row.answer.outcome_title)} · {row.answer.remark} ·{" "}
            {t("alerts.answered", { by: row.answer.by, at: minute(row.answer.at) })}
          </span>
        )}
        {answers && mayAnswer && <AnswerForm alert={row.alert} outcomes={outcomes} />}
      </div>
      <div className={`${styles.ways} no-print`}>
        {row.register && (
          <Link className={styles.way} to={to("/record", { register: row.register, id: row.id })}>
            {t("alerts.open_record")}
          </Link>
        )}
        {mayAnswer && !answers && <Button onClick={() => setAnswers(true)}>{t("alerts.answer")}</Button>}
        {row.answer === null && !row.within_reach && (
          <span className={styles.small}>{t("alerts.elsewhere")}</span>
        )}
        {row.answer && (
          <Link
            className={styles.way}
            to={to("/record", { register: "alert_acknowledgement", id: row.answer.record })}
          >
            {t("alerts.open_answer")}
          </Link>
        )}
      </div>
    </li>
  );
}
