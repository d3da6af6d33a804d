/** 居民: who this is, masked, and everything the registers hold about the person, newest first. Opening is audited. */
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useNavigate } from "react-router";
import { residentQuery } from "@/api/queries";
import type { Resident, TimelineEntry } from "@/api/types";
import { type Key, useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { QueryTable, type TableColumn } from "@/ui/query-table";
import { Empty, Region } from "@/ui/region";
import { useScope } from "@/view/scope";
import { Around } from "./around";
import { Masked } from "./masked";
import styles from "./page.module.css";

/** Why a person is opened; the answer goes into the access log. */
const PURPOSES: Record<string, Key> = {
  review: "purpose.review",
  follow_up: "purpose.follow_up",
  settlement: "purpose.settlement",
};

const SKELETON_PX = 420;

export function ResidentPage() {
  const { t } = useLocale();
  const { get } = useScope();
  const purpose = get("purpose") ?? "";
  return (
    <PageFrame title={t("page.resident")} scope={[]}>
      {purpose in PURPOSES ? <Opened id={get("id") ?? ""} purpose={purpose} /> : <AskPurpose />}
    </PageFrame>
  );
}

function AskPurpose() {
  const { t } = useLocale();
  const { set } = useScope();
  return (
    <Panel title={t("purpose.ask")}>
      <p className={styles.note}>{t("purpose.why")}</p>
      <div className={styles.purposes}>
        {Object.entries(PURPOSES).map(([purpose, word]) => (
          <Button key={purpose} onClick={() => set({ purpose }, { replace: true })}>
            {t(word)}
          </Button>
        ))}
      </div>
    </Panel>
  );
}

function Opened({ id, purpose }: { id: string; purpose: string }) {
  const { scope } = useScope();
  const query = useQuery(residentQuery(scope.lang, id, purpose));
  return (
    <Region query={query} height={SKELETON_PX}>
      {(resident) => <Person resident={resident} purpose={purpose} />}
    </Region>
  );
}

function Person({ resident, purpose }: { resident: Resident; purpose: string }) {
  const { t, pick } = useLocale();
  const word = PURPOSES[purpose];
  return (
    <div className={styles.layout}>
      <Panel
        title={
          <span data-testid="resident-name">
            <Masked resident={resident.id} field="name" masked={resident.name_masked} /> {pick(resident.sex)}{" "}
            {resident.age_shown}
          </span>
        }
        note={
          <>
            {word && `${t("purpose.is")} ${t(word)}`}
            {resident.access_logged && ` · ${t("resident.logged")}`}
          </>
        }
      >
        <dl className={styles.facts}>
          <div>
            <dt>{t("resident.citizen_id")}</dt>
            <dd>
              <Masked resident={resident.id} field="citizen_id" masked={resident.citizen_id_masked} />
            </dd>
          </div>
          <div>
            <dt>{t("resident.village")}</dt>
            <dd>{resident.village}</dd>
          </div>
          <div>
            <dt>{t("resident.since")}</dt>
            <dd>{resident.since}</dd>
          </div>
        </dl>
        {resident.tags.length > 0 && (
          <ul className={styles.tags} aria-label={t("resident.tags")}>
            {resident.tags.map((tag) => (
              <li key={tag.zh}>{pick(tag)}</li>
            ))}
          </ul>
        )}
        <p className={styles.note}>{t("resident.restricted")}</p>
      </Panel>
      <Around id={resident.id} />
      <Panel title={t("resident.timeline")} note={t("resident.timeline_note")} flush>
        <Timeline entries={resident.timeline} />
        {resident.n_elsewhere > 0 && (
          <p className={styles.elsewhere}>{t("resident.elsewhere", { n: `${resident.n_elsewhere}` })}</p>
        )}
      </Panel>
    </div>
  );
}

const WIDTH = { on: 120, register: 180, org: 200 } as const;

function Timeline({ entries }: { entries: TimelineEntry[] }) {
  const { t, pick } = useLocale();
  const { to } = useScope();
  const navigate = useNavigate();
  if (entries.length === 0) return <Empty why={t("resident.timeline_empty")} />;
  const columns: TableColumn<TimelineEntry>[] = [
    { key: "on", title: t("resident.on"), width: WIDTH.on, render: (entry) => entry.on_date },
    {
      key: "register",
      title: t("resident.register"),
      width: WIDTH.register,
      render: (entry) => pick(entry.title),
    },
    { key: "summary", title: t("resident.summary"), render: (entry) => entry.summary },
    { key: "org", title: t("figure.org"), width: WIDTH.org, render: (entry) => entry.org_name },
  ];
  return (
    <QueryTable
      label={t("resident.timeline")}
      columns={columns}
      rows={entries}
      rowKey={(entry) => `${entry.register} ${entry.id}`}
      testId="timeline-entry"
      onOpen={(entry) => navigate(to("/record", { register: entry.register, id: entry.id }))}
    />
  );
}
