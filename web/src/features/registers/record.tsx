/** One record in the drawer: what it says, who wrote what, and what may be done with it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useRef, useState } from "react";
import { Refusal } from "@/api/client";
import { attempt, changeRecord, entryQuery, type RecordEntry, type RegisterSchema } from "@/api/registers";
import { useLocale } from "@/locale";
import { RecordDiary, RecordFields, RecordSubject } from "@/ui/record-history";
import { Region } from "@/ui/region";
import { useScope } from "@/view/scope";
import { RecordForm } from "./form";
import styles from "./page.module.css";

const SKELETON_PX = 420;

/** A change that asks for its reason first. */
type Act = { action: string; word: string; warns: boolean };

export function RecordDrawer({ schema, id }: { schema: RegisterSchema; id: string }) {
  const { scope } = useScope();
  const query = useQuery(entryQuery(scope.lang, schema["x-register"].id, id));
  return (
    <Region query={query} height={SKELETON_PX}>
      {(entry) => <Shown schema={schema} entry={entry} />}
    </Region>
  );
}

function Shown({ schema, entry }: { schema: RegisterSchema; entry: RecordEntry }) {
  const { t, pick } = useLocale();
  const { scope } = useScope();
  const [corrects, setCorrects] = useState<number | null>(null);
  const [act, setAct] = useState<Act | null>(null);
  const may = entry.may_write && !entry.is_withdrawn && !scope.as_of;
  if (corrects === entry.version) {
    return <RecordForm schema={schema} entry={entry} done={() => setCorrects(null)} />;
  }
  return (
    <div className={styles.drawer} data-testid="record">
      {may && (
        <div className={styles.buttons}>
          <Button type="primary" onClick={() => setCorrects(entry.version)} data-testid="correct">
            {t("record.do_correct")}
          </Button>
          {entry.moves.map((move) => (
            <Button
              key={move.id}
              onClick={() => setAct({ action: move.id, word: pick(move.title), warns: false })}
              data-testid="move"
            >
              {pick(move.title)}
            </Button>
          ))}
          <Button
            danger
            onClick={() => setAct({ action: "withdraw", word: t("record.do_withdraw"), warns: true })}
            data-testid="withdraw"
          >
            {t("record.do_withdraw")}…
          </Button>
        </div>
      )}
      {act && <Ask key={act.action} act={act} schema={schema} entry={entry} close={() => setAct(null)} />}
      {entry.is_withdrawn && <p role="status">{t("record.is_withdrawn")}</p>}
      <RecordSubject record={entry} />
      <RecordFields record={entry} />
      <RecordDiary record={entry} />
    </div>
  );
}

type AskProps = { act: Act; schema: RegisterSchema; entry: RecordEntry; close: () => void };

function Ask({ act, schema, entry, close }: AskProps) {
  const { t } = useLocale();
  const { scope } = useScope();
  const client = useQueryClient();
  const key = useRef(attempt());
  const [reason, setReason] = useState("");
  const sending = useMutation({
    mutationFn: () =>
      changeRecord(scope.lang, schema["x-register"].id, entry.id, {
        version: entry.version,
        action: act.action,
        reason,
        key: key.current,
        fields: {},
      }),
    onSuccess: () => {
      client.invalidateQueries();
      close();
    },
    onError: () => {
      key.current = attempt();
    },
  });
  return (
    <div className={styles.ask}>
      {act.warns && <p>{t("record.withdraw_says")}</p>}
      <Input
        autoFocus
        value={reason}
        placeholder={t("form.reason")}
        aria-label={t("form.reason")}
        onChange={(event) => setReason(event.target.value)}
        onPressEnter={(event) => !event.nativeEvent.isComposing && reason.trim() && sending.mutate()}
        data-testid="act-reason"
      />
      <span className={styles.buttons}>
        <Button
          danger={act.warns}
          disabled={!reason.trim()}
          loading={sending.isPending}
          onClick={() => sending.mutate()}
          data-testid="act"
        >
          {act.word}
        </Button>
        <Button onClick={close}>{t("form.cancel")}</Button>
      </span>
      {sending.error && (
        <p role="alert">
          {sending.error instanceof Refusal
            ? `${sending.error.problem.what} ${sending.error.problem.next}`
            : t("state.unreachable")}
        </p>
      )}
    </div>
  );
}
