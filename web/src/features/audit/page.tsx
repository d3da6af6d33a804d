/** 审计日志: who signed in, looked, unmasked and granted. Read only, and never what was read. */
import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { auditQuery } from "@/api/queries";
import type { AuditLine } from "@/api/types";
import { type Key, useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { QueryTable, type TableColumn } from "@/ui/query-table";
import { Empty, Region } from "@/ui/region";
import { useWho } from "@/ui/who";
import { useScope } from "@/view/scope";

/** What may happen to an account, as the log words it. */
const EVENTS: Record<string, Key> = {
  created: "event.created",
  activated: "event.activated",
  stopped: "event.stopped",
  granted: "event.granted",
  password_reset: "event.password_reset",
  factor_reset: "event.factor_reset",
  signed_in: "event.signed_in",
  signed_out: "event.signed_out",
  signed_out_all: "event.signed_out_all",
  refused: "event.refused",
  locked: "event.locked",
  password_changed: "event.password_changed",
  factor_wanted: "event.factor_wanted",
  factor_on: "event.factor_on",
};

const SKELETON_PX = 320;
const WIDTH = { at: 150, actor: 140, what: 260 } as const;

export function AuditPage() {
  const { t } = useLocale();
  const { actor, purpose } = useWho();
  const { scope, get, set } = useScope();
  const query = useQuery(auditQuery(scope.lang, get("account")));
  const said = (line: AuditLine) => {
    const event = line.register === "account" ? EVENTS[line.reason ?? ""] : undefined;
    return event ? t(event) : line.reason ? purpose(line.reason) : "—";
  };
  const columns: TableColumn<AuditLine>[] = [
    { key: "at", title: t("audit.at"), width: WIDTH.at, render: (line) => line.at },
    { key: "actor", title: t("audit.actor"), width: WIDTH.actor, render: (line) => actor(line.actor) },
    {
      key: "what",
      title: t("audit.what"),
      width: WIDTH.what,
      render: (line) =>
        line.register === "account"
          ? `${t("audit.account")} ${line.record}`
          : `${line.register} ${line.record}`,
    },
    { key: "reason", title: t("audit.reason"), render: said },
  ];
  return (
    <PageFrame title={t("page.audit")} scope={[]}>
      <Panel
        title={t("page.audit")}
        note={t("audit.note")}
        flush
        actions={
          <Input.Search
            allowClear
            placeholder={t("audit.account")}
            aria-label={t("audit.account")}
            defaultValue={get("account") ?? ""}
            onSearch={(account) => set({ account })}
          />
        }
      >
        <Region query={query} height={SKELETON_PX}>
          {({ lines }) =>
            lines.length === 0 ? (
              <Empty why={t("audit.empty")} />
            ) : (
              <QueryTable
                label={t("page.audit")}
                columns={columns}
                rows={lines}
                rowKey={(line) => `${line.seq}`}
                testId="audit-line"
              />
            )
          }
        </Region>
      </Panel>
    </PageFrame>
  );
}
