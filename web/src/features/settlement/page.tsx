/**
 * 结算窗口: a bill is typed, its split appears with every reason, one key books it and another prints the statement.
 *
 * F4 plans, F8 settles, F9 prints, Esc clears. Planning books nothing; settling twice finds everything done.
 */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { Refusal } from "@/api/client";
import { type Plan, type Planned, planBill, type Settled, schemesQuery, settleBill } from "@/api/money";
import { attempt, type RegisterSchema, schemaQuery, type Values } from "@/api/registers";
import { useLocale } from "@/locale";
import { enterMoves } from "@/ui/enter-moves";
import { FieldInput } from "@/ui/field-input";
import fields from "@/ui/form.module.css";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { Empty, Region } from "@/ui/region";
import { StatusShape } from "@/ui/status-mark";
import { PHONE, useMedia } from "@/view/media";
import { useScope } from "@/view/scope";
import styles from "./page.module.css";
import { Split } from "./split";
import { Statement } from "./statement";

const SKELETON_PX = 420;
const PAUSE_MS = 300;

export function SettlementPage() {
  const { t, pick } = useLocale();
  const { scope, get, set } = useScope();
  const schemes = useQuery(schemesQuery(scope.lang));
  return (
    <PageFrame title={t("page.settle")} scope={["org"]} printHead={false}>
      <Region query={schemes} height={SKELETON_PX}>
        {({ schemes: all }) => {
          const chosen = all.find((one) => one.id === get("scheme")) ?? all[0];
          if (!chosen) return <Empty why={t("settle.no_scheme")} />;
          return (
            <>
              {all.length > 1 && (
                <div className={`${styles.bar} no-print`}>
                  <Select
                    aria-label={t("settle.scheme")}
                    value={chosen.id}
                    options={all.map((one) => ({ value: one.id, label: pick(one.title) }))}
                    onChange={(scheme) => set({ scheme })}
                    className={styles.scheme ?? ""}
                  />
                </div>
              )}
              <Window key={chosen.id} scheme={chosen.id} register={chosen.register} />
            </>
          );
        }}
      </Region>
    </PageFrame>
  );
}

function Window({ scheme, register }: { scheme: string; register: string }) {
  const { scope } = useScope();
  const schema = useQuery(schemaQuery(scope.lang, register));
  return (
    <Region query={schema} height={SKELETON_PX}>
      {(known) => <Bill scheme={scheme} schema={known} />}
    </Region>
  );
}

/** The next person of the queue is typed at once. A phone keeps its keyboard down until it is wanted. */
function begin(bill: HTMLDivElement | null) {
  if (!window.matchMedia(PHONE).matches) bill?.querySelector("input")?.focus();
}

function filled(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== ""),
  );
}

function Bill({ scheme, schema }: { scheme: string; schema: RegisterSchema }) {
  const { t } = useLocale();
  const { scope } = useScope();
  const phone = useMedia(PHONE);
  const client = useQueryClient();
  const key = useRef(attempt());
  const [values, setValues] = useState<Values>({});
  const [confirm, setConfirm] = useState("");
  const [round, setRound] = useState(0);
  const [settled, setSettled] = useState<Settled | null>(null);
  const [fault, setFault] = useState<Error | null>(null);
  const [planned, setPlanned] = useState<Planned | null>(null);
  const bill = {
    scheme,
    fields: filled(values),
    ...(scope.org ? { org: scope.org } : {}),
    ...(confirm ? { confirm } : {}),
  };
  const text = JSON.stringify(bill);
  const required = schema.required.every((name) => JSON.parse(text).fields[name] !== undefined);

  useEffect(() => {
    if (!required || settled) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      planBill(scope.lang, JSON.parse(text), stop.signal)
        .then((answer) => {
          setPlanned(answer);
          setFault(null);
        })
        .catch((error) => error instanceof Refusal && setFault(error));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, required, settled, scope.lang]);

  const settle = useMutation({
    mutationFn: () => settleBill(scope.lang, { ...bill, key: key.current }),
    onSuccess: (answer) => {
      setSettled(answer);
      client.invalidateQueries();
    },
  });
  const mayWrite = schema["x-register"].may_write;
  const ready = mayWrite && !settled && !settle.isPending && Boolean(planned?.plan);
  const clear = () => {
    setValues({});
    setPlanned(null);
    setSettled(null);
    setFault(null);
    setConfirm("");
    settle.reset();
    key.current = attempt();
    setRound((n) => n + 1);
  };
  const keys = useRef({ settle: () => {}, clear });
  keys.current = { settle: () => ready && settle.mutate(), clear };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.isComposing) return;
      const acts: Record<string, () => void> = {
        F8: () => keys.current.settle(),
        F9: () => window.print(),
        Escape: () =>
          document.querySelector(".ant-select-open, .ant-select-dropdown:not(.ant-select-dropdown-hidden)") ??
          keys.current.clear(),
      };
      const act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);

  const errors =
    (settle.error instanceof Refusal ? settle.error.problem.errors : undefined) ?? planned?.errors ?? [];
  const refusal = settle.error ?? fault;
  const plan: Plan | null = settled?.plan ?? planned?.plan ?? null;
  const shown = Object.entries(schema.properties).filter(([, field]) => !field.readOnly);
  return (
    <>
      <div className={`${styles.layout} no-print`}>
        <Panel title={t("settle.bill")} note={!phone && t("settle.keys")}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter bubbles up from the fields, the wrapper takes nothing */}
          <div ref={begin} className={fields.grid} key={round} data-testid="bill" onKeyDown={enterMoves}>
            {shown.map(([name, field]) => (
              <div
                key={name}
                className={`${fields.field} ${field["x-field"].kind === "code" ? fields.wide : ""}`}
              >
                <label
                  className={`${fields.label} ${schema.required.includes(name) ? fields.must : ""}`}
                  htmlFor={`field-${name}`}
                  id={`label-${name}`}
                >
                  {field.title}
                </label>
                <FieldInput
                  name={name}
                  field={field}
                  value={values[name]}
                  known=""
                  invalid={errors.some((error) => error.field === name)}
                  change={(value) => setValues((now) => ({ ...now, [name]: value }))}
                />
                {errors
                  .filter((error) => error.field === name)
                  .map((error) => (
                    <div key={error.code} className={fields.error} role="alert">
                      <StatusShape mark={error.verdict === "refuse" ? "late" : "warn"} /> {error.say}
                    </div>
                  ))}
              </div>
            ))}
          </div>
          {errors.some((error) => error.verdict === "confirm") && (
            <Input
              value={confirm}
              placeholder={t("form.confirm")}
              aria-label={t("form.confirm")}
              onChange={(event) => setConfirm(event.target.value)}
            />
          )}
        </Panel>
        <Panel
          title={t("settle.who_pays")}
          note={
            settled ? (
              <span className={styles.booked} role="status">
                <StatusShape mark="ok" /> {t("settle.booked", { seq: `${settled.booked_seq ?? "—"}` })}
              </span>
            ) : (
              t("settle.not_booked")
            )
          }
          actions={
            <>
              <Button onClick={clear}>{t("settle.clear")}</Button>
              <Button onClick={() => window.print()} disabled={!settled} data-testid="print">
                {t("settle.print")}
              </Button>
              <Button
                type="primary"
                disabled={!ready}
                loading={settle.isPending}
                onClick={() => settle.mutate()}
                data-testid="settle"
              >
                {t("settle.settle")}
              </Button>
            </>
          }
        >
          {refusal && (
            <p className={fields.error} role="alert" data-testid="settle-refused">
              <StatusShape mark="late" />{" "}
              {refusal instanceof Refusal
                ? `${refusal.problem.what} ${refusal.problem.next}`
                : t("state.unreachable")}
            </p>
          )}
          {plan ? (
            <Split plan={plan} person={settled?.person ?? planned?.person ?? null} />
          ) : (
            <Empty why={t("settle.fill")} />
          )}
        </Panel>
      </div>
      {settled && <Statement settled={settled} />}
    </>
  );
}
