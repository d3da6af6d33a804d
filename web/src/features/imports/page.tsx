/** 导入: a file is chosen, checked without writing anything, and written when its counts are right. Closing the page keeps the job. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Progress } from "antd";
import { type DragEvent, useRef, useState } from "react";
import { Refusal } from "@/api/client";
import {
  beginImport,
  commitImport,
  type ImportState,
  importQuery,
  refusedAddress,
  templateAddress,
} from "@/api/imports";
import { schemaQuery } from "@/api/registers";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { Refused, Region } from "@/ui/region";
import { StatusShape } from "@/ui/status-mark";
import { useCounty } from "@/view/county";
import { useScope } from "@/view/scope";
import styles from "./page.module.css";

const SKELETON_PX = 300;
const ENDINGS = ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.ods,.ndjson,.jsonl";

export function ImportPage() {
  const { t } = useLocale();
  const { scope, get, set } = useScope();
  const root = useCounty()?.orgs.find((one) => one.parent === null)?.id ?? "";
  const register = get("register") ?? "";
  const job = get("job");
  const schema = useQuery({ ...schemaQuery(scope.lang, register), enabled: register !== "" });
  const begun = useMutation({
    mutationFn: (file: File) => beginImport(scope.lang, scope.org ?? root, register, file),
    onSuccess: (state) => set({ job: state.id }),
  });
  const chosen = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) begun.mutate(file);
  };
  return (
    <PageFrame title={`${t("import.title")} · ${schema.data?.title ?? register}`} scope={["org"]}>
      <Panel title={t("import.choose")} note={t("import.forms")}>
        {/* biome-ignore lint/a11y/useSemanticElements: a place to drop a file on, with an ordinary file input inside */}
        <div
          className={styles.drop}
          role="group"
          aria-label={t("import.choose")}
          onDragOver={(event) => event.preventDefault()}
          onDrop={drop}
        >
          <Button
            type={job ? "default" : "primary"}
            loading={begun.isPending}
            onClick={() => chosen.current?.click()}
          >
            {t("import.choose")}
          </Button>
          <input
            ref={chosen}
            type="file"
            hidden
            accept={ENDINGS}
            aria-label={t("import.choose")}
            disabled={begun.isPending}
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              if (file) begun.mutate(file);
              event.target.value = "";
            }}
            data-testid="import-file"
          />
          <span className={styles.note}>{t("import.drop")}</span>
          {register && (
            <a href={templateAddress(register, scope.lang)} data-testid="template">
              {t("import.template")}
            </a>
          )}
        </div>
        {begun.error && <Refused error={begun.error} retry={begun.reset} />}
      </Panel>
      {job && <Job id={job} />}
    </PageFrame>
  );
}

function Job({ id }: { id: string }) {
  const { scope } = useScope();
  const query = useQuery(importQuery(scope.lang, id));
  return (
    <Region query={query} height={SKELETON_PX}>
      {(state) => <Checked state={state} />}
    </Region>
  );
}

function Checked({ state }: { state: ImportState }) {
  const { t, count } = useLocale();
  const works = state.phase === "checking" || state.phase === "writing";
  const titles = {
    checking: t("import.checking"),
    checked: t("import.checked"),
    writing: t("import.writing"),
    written: t("import.written"),
    failed: t("import.failed"),
  };
  const lines: [string, number, "ok" | "none" | "late" | "warn"][] = [
    [t("import.created"), state.created, "ok"],
    [t("import.changed"), state.changed, "ok"],
    [t("import.unchanged"), state.unchanged, "none"],
    [t("import.done_before"), state.done_before, "none"],
    [t("import.refused"), state.n_refused, "late"],
  ];
  return (
    <Panel
      title={
        <span data-testid="import-phase" data-phase={state.phase}>
          {titles[state.phase]}
        </span>
      }
      note={state.name}
    >
      {works && (
        <>
          <Progress percent={100} status="active" showInfo={false} aria-label={titles[state.phase]} />
          <p role="status">{t("import.rows", { n: count(state.n_rows), refused: count(state.n_refused) })}</p>
        </>
      )}
      {state.fault && (
        <p className={styles.fault} role="alert">
          <StatusShape mark="late" /> {state.fault}
        </p>
      )}
      {(state.phase === "checked" || state.phase === "written") && (
        <>
          <dl className={styles.counts} data-testid="import-counts">
            {lines.map(([word, n, mark]) => (
              <div key={word}>
                <dt>
                  <StatusShape mark={n > 0 ? mark : "none"} /> {word}
                </dt>
                <dd>{count(n)}</dd>
              </div>
            ))}
          </dl>
          <Reasons state={state} />
          <Write state={state} />
        </>
      )}
    </Panel>
  );
}

function Reasons({ state }: { state: ImportState }) {
  const { t, count } = useLocale();
  if (state.refusals.length === 0) return null;
  return (
    <>
      <ul className={styles.rules}>
        {state.rules.map(([rule, n]) => (
          <li key={rule}>
            {state.refusals.find((one) => one.rule === rule)?.say ?? rule}{" "}
            <span className={styles.note}>{t("import.times", { n: count(n) })}</span>
          </li>
        ))}
      </ul>
      <details>
        <summary>{t("import.lines")}</summary>
        <ol className={styles.lines}>
          {state.refusals.map((one) => (
            <li key={`${one.line} ${one.rule} ${one.say}`}>
              {t("import.line", { n: `${one.line}` })}：{one.say}
            </li>
          ))}
        </ol>
      </details>
      {state.has_workbook && (
        <Button href={refusedAddress(state.id)} download data-testid="import-workbook">
          {t("import.workbook", { n: count(state.n_refused) })}
        </Button>
      )}
    </>
  );
}

function Write({ state }: { state: ImportState }) {
  const { t, count } = useLocale();
  const { scope, to } = useScope();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [confirm, setConfirm] = useState("");
  const writing = useMutation({
    mutationFn: () =>
      commitImport(scope.lang, state.id, { ...(reason ? { reason } : {}), ...(confirm ? { confirm } : {}) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["import", state.id] }),
  });
  if (state.phase === "written") {
    return (
      <p>
        <Button type="primary" href={to("/registers", { register: state.register })}>
          {t("import.see")}
        </Button>
      </p>
    );
  }
  const n = state.created + state.changed;
  return (
    <div className={styles.write}>
      {state.changed > 0 && (
        <Input
          value={reason}
          placeholder={t("import.reason")}
          aria-label={t("import.reason")}
          onChange={(event) => setReason(event.target.value)}
        />
      )}
      {state.to_confirm > 0 && (
        <Input
          value={confirm}
          placeholder={t("import.confirm", { n: count(state.to_confirm) })}
          aria-label={t("import.confirm", { n: count(state.to_confirm) })}
          onChange={(event) => setConfirm(event.target.value)}
        />
      )}
      <Button
        type="primary"
        disabled={n === 0 && !confirm}
        loading={writing.isPending}
        onClick={() => writing.mutate()}
        data-testid="import-write"
      >
        {t("import.write", { n: count(n) })}
      </Button>
      {writing.error && (
        <span role="alert">
          {writing.error instanceof Refusal ? writing.error.problem.what : t("state.unreachable")}
        </span>
      )}
    </div>
  );
}
