/** 记录历史: one record as a diary, newest version first: who wrote what, when, and why it changed. */
import { useQuery } from "@tanstack/react-query";
import { recordQuery } from "@/api/queries";
import type { RecordHistory } from "@/api/types";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { RecordDiary, RecordFields, RecordSubject } from "@/ui/record-history";
import styles from "@/ui/record-history.module.css";
import { Region } from "@/ui/region";
import { StatusMark } from "@/ui/status-mark";
import { useScope } from "@/view/scope";

const SKELETON_PX = 420;

export function RecordPage() {
  const { t, pick } = useLocale();
  const { scope, get } = useScope();
  const query = useQuery(recordQuery(scope.lang, get("register") ?? "", get("id") ?? ""));
  const title = query.data ? `${pick(query.data.title)} · ${t("page.record")}` : t("page.record");
  return (
    <PageFrame title={title} scope={[]}>
      <Region query={query} height={SKELETON_PX}>
        {(record) => <History record={record} />}
      </Region>
    </PageFrame>
  );
}

function History({ record }: { record: RecordHistory }) {
  const { t } = useLocale();
  const newest = record.versions[0];
  return (
    <div className={styles.layout}>
      <Panel
        title={t("record.now")}
        note={newest && t("record.version", { n: `${newest.version}` })}
        actions={
          <StatusMark
            mark={record.chain_ok ? "ok" : "late"}
            word={record.chain_ok ? "record.chain_ok" : "record.chain_broken"}
          />
        }
      >
        <RecordSubject record={record} />
        <RecordFields record={record} />
      </Panel>
      <Panel title={t("record.history")} note={t("record.history_note")}>
        <RecordDiary record={record} />
      </Panel>
    </div>
  );
}
