/**
 * A form made from a register: its fields in the order of the paper, with what the rules say under the field that caused it.
 *
 * Knows no register. Enter moves on and saves at the end, Ctrl S saves, and never while an input method is composing.
 * Every rule is asked of the server a moment after the last key; an error is shown once its field was left.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "react-router";
import { Refusal } from "@/api/client";
import {
  attempt,
  type Checked,
  changeRecord,
  checkRecord,
  createRecord,
  type Entry,
  type RecordEntry,
  type RegisterSchema,
  type Saved,
  type Values,
} from "@/api/registers";
import { useLocale } from "@/locale";
import { enterMoves } from "@/ui/enter-moves";
import { FieldInput } from "@/ui/field-input";
import styles from "@/ui/form.module.css";
import { OrgPicker } from "@/ui/org-picker";
import { StatusShape } from "@/ui/status-mark";
import { useCounty } from "@/view/county";
import { PHONE, useMedia } from "@/view/media";
import { useScope } from "@/view/scope";
import type { Told } from "@/view/task-way";

const PAUSE_MS = 300;
/** A message that appears between the press and the release of a button would move the button away from under it. */
const AFTER_PRESS_MS = 60;
const PERSONAL = new Set(["citizen_id", "name", "birth_on"]);

type Props = {
  schema: RegisterSchema;
  /** The record being corrected; a new one when absent. */
  entry?: RecordEntry;
  done: (saved: Saved) => void;
};

/** What a new record begins with. */
function defaults(schema: RegisterSchema): Values {
  const values: Values = {};
  for (const [name, field] of Object.entries(schema.properties)) {
    const given = field["x-field"].default;
    if (given === undefined || given === null) continue;
    values[name] = given === "true" ? true : given === "false" ? false : given;
  }
  return values;
}

/** What the task says that led here: whom it is about, and that it was done today. */
function given(schema: RegisterSchema, resident: string | null, today: string | undefined): Values {
  if (!resident || !schema.properties.resident) return {};
  return { resident, ...(schema.properties.on_date && today ? { on_date: today } : {}) };
}

/** Only what is different from the version in view; null empties a field. */
function changes(now: Values, before: Values): Values {
  const changed: Values = {};
  for (const [name, value] of Object.entries(now)) {
    if (JSON.stringify(value) !== JSON.stringify(before[name])) changed[name] = value ?? null;
  }
  return changed;
}

function filled(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== ""),
  );
}

function useChecked(schema: RegisterSchema, values: Values, org: string, entry: RecordEntry | undefined) {
  const { scope } = useScope();
  const [answer, setAnswer] = useState<{ checked: Checked; of: Values } | null>(null);
  const before = entry?.values;
  const register = schema["x-register"].id;
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const fields = before ? changes(values, before) : filled(values);
      const request = entry ? { id: entry.id, version: entry.version, fields } : { org, fields };
      const similar = !entry && Object.keys(fields).some((name) => PERSONAL.has(name));
      checkRecord(scope.lang, register, { ...request, similar }, stop.signal)
        .then((checked) => setAnswer({ checked, of: values }))
        .catch(() => undefined);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [values, org, entry, before, register, scope.lang]);
  return { checked: answer?.checked ?? null, of: answer?.of ?? {} };
}

export function RecordForm({ schema, entry, done }: Props) {
  const { t } = useLocale();
  const { scope, get } = useScope();
  const told: Told | null = useLocation().state;
  const county = useCounty();
  const phone = useMedia(PHONE);
  const client = useQueryClient();
  const root = county?.orgs.find((one) => one.parent === null)?.id ?? "";
  const register = schema["x-register"].id;
  const form = useRef<HTMLFormElement>(null);
  const key = useRef(attempt());
  const [chosen, setOrg] = useState<string | null>(null);
  const org = chosen ?? entry?.org ?? scope.org ?? root;
  const [values, setValues] = useState<Values>(
    () => entry?.values ?? { ...defaults(schema), ...given(schema, get("resident"), county?.as_of) },
  );
  const [left, setLeft] = useState<Set<string>>(new Set());
  const [all, setAll] = useState(false);
  const [reason, setReason] = useState("");
  const [confirm, setConfirm] = useState("");
  const [kept, setKept] = useState<Saved | null>(null);
  const { checked, of } = useChecked(schema, values, org, entry);
  const pressed = useRef(false);

  const pressDown = () => {
    pressed.current = true;
    window.addEventListener("pointerup", () => (pressed.current = false), { once: true });
  };
  const leave = (name: string) => {
    const mark = () => setTimeout(() => setLeft((now) => new Set(now).add(name)), AFTER_PRESS_MS);
    if (pressed.current) window.addEventListener("pointerup", mark, { once: true });
    else mark();
  };

  // What a number says of its holder is filled in where nothing stands yet.
  useEffect(() => {
    const fills = Object.entries(checked?.fills ?? {});
    if (fills.length === 0) return;
    setValues((now) => {
      const missing = fills.filter(([name]) => !now[name]);
      return missing.length > 0 ? { ...now, ...Object.fromEntries(missing) } : now;
    });
  }, [checked]);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[data-first] input, [data-first] [role=radio]")?.focus();
  }, []);

  const save = useMutation({
    mutationFn: (next: boolean) => {
      const fields = entry ? changes(values, entry.values) : filled(values);
      const sent: Entry = entry
        ? { version: entry.version, action: "correct", reason, key: key.current, fields }
        : { org, key: key.current, fields };
      if (confirm) sent.confirm = confirm;
      const written = entry
        ? changeRecord(scope.lang, register, entry.id, sent)
        : createRecord(scope.lang, register, sent);
      return written.then((saved) => ({ saved, next }));
    },
    onSuccess: ({ saved, next }) => {
      client.invalidateQueries();
      key.current = attempt();
      setKept(saved);
      if (!next) return done(saved);
      setValues(defaults(schema));
      setLeft(new Set());
      setAll(false);
      setConfirm("");
      form.current?.querySelector<HTMLElement>("[data-first] input")?.focus();
    },
    onError: () => {
      // Another attempt says something else, so it has another name.
      key.current = attempt();
      setAll(true);
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAll(true);
    save.mutate(false);
  };
  const press = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.nativeEvent.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      save.mutate(false);
      return;
    }
    enterMoves(event);
  };

  const knownOf = (name: string) =>
    entry?.versions[0]?.fields.find((one) => one.key === name)?.shown ??
    (name === "resident" ? (told?.known ?? "") : "");
  const refusal = save.error instanceof Refusal ? save.error.problem : null;
  const errors = (all && refusal?.errors ? refusal.errors : checked?.errors) ?? [];
  const known = new Set(Object.keys(schema.properties));
  // What was said of another value is not said of this one.
  const current = (name: string) => (all && refusal?.errors) || of[name] === values[name];
  const shown = (name: string) =>
    errors.filter((error) => error.field === name && (all || left.has(name)) && current(name));
  const general = all ? errors.filter((error) => !error.field || !known.has(error.field)) : [];
  const toConfirm = errors.some((error) => error.verdict === "confirm") && (all || left.size > 0);
  const fields = Object.entries(schema.properties).filter(([, field]) => !field.readOnly);

  return (
    <form
      ref={form}
      className={styles.form}
      onSubmit={submit}
      onKeyDown={press}
      onPointerDownCapture={pressDown}
      noValidate
      data-testid="record-form"
    >
      {!entry && county && (
        <div className={styles.field}>
          <span className={`${styles.label} ${styles.must}`}>{t("form.org")}</span>
          <OrgPicker orgs={county.orgs} value={org} onChange={setOrg} />
        </div>
      )}
      <div className={styles.grid}>
        {fields.map(([name, field], n) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: leaving an input bubbles up, the wrapper takes nothing
          <div
            key={name}
            className={`${styles.field} ${field["x-field"].kind === "code" ? styles.wide : ""}`}
            {...(n === 0 ? { "data-first": true } : {})}
            onBlur={() => leave(name)}
          >
            <label
              className={`${styles.label} ${schema.required.includes(name) ? styles.must : ""}`}
              htmlFor={`field-${name}`}
              id={`label-${name}`}
            >
              {field.title}
            </label>
            <FieldInput
              name={name}
              field={field}
              value={values[name]}
              known={knownOf(name)}
              invalid={shown(name).some((error) => error.verdict === "refuse")}
              change={(value) => setValues((now) => ({ ...now, [name]: value }))}
            />
            {field.description && <div className={styles.help}>{field.description}</div>}
            {shown(name).map((error) => (
              <div
                key={error.code}
                className={error.verdict === "refuse" ? styles.error : styles.advice}
                role="alert"
                data-testid="field-error"
                data-code={error.code}
              >
                <StatusShape mark={error.verdict === "refuse" ? "late" : "warn"} />
                {error.say}
              </div>
            ))}
            {(checked?.advice ?? [])
              .filter((advice) => advice.field === name)
              .map((advice) => (
                <div key={advice.rule} className={styles.advice} role="status" data-testid="advice">
                  <StatusShape mark="late" />
                  <span>
                    {t("form.advice")}：{advice.say}
                    {advice.source && <span className={styles.note}> {advice.source}</span>}
                  </span>
                </div>
              ))}
          </div>
        ))}
      </div>
      <Similar similar={checked?.similar ?? []} />
      {general.map((error) => (
        <div
          key={error.code}
          className={styles.error}
          role="alert"
          data-testid="field-error"
          data-code={error.code}
        >
          <StatusShape mark="late" />
          {error.say}
        </div>
      ))}
      {toConfirm && (
        <div className={styles.field}>
          <span className={styles.label}>{t("form.confirm")}</span>
          <Input
            aria-label={t("form.confirm")}
            value={confirm}
            onChange={(event) => setConfirm(event.target.value)}
            data-testid="confirm"
          />
        </div>
      )}
      {entry && (
        <div className={styles.field}>
          <span className={`${styles.label} ${styles.must}`}>{t("form.reason")}</span>
          <Input
            aria-label={t("form.reason")}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            data-testid="reason"
          />
        </div>
      )}
      <div className={styles.foot}>
        <Button type="primary" htmlType="submit" loading={save.isPending} data-save data-testid="save">
          {t("form.save")}
        </Button>
        {!entry && (
          <Button onClick={() => save.mutate(true)} disabled={save.isPending} data-testid="save-next">
            {t("form.save_next")}
          </Button>
        )}
        <span className={styles.note} role="status">
          {kept ? t("form.saved", { id: kept.id, seq: `${kept.seq}` }) : !phone && t("form.keys")}
        </span>
        {save.error && (
          <span className={styles.error} role="alert">
            {refusal
              ? `${refusal.errors ? t("form.look") : refusal.what} ${refusal.next}`
              : t("state.unreachable")}
          </span>
        )}
      </div>
    </form>
  );
}

function Similar({ similar }: { similar: Checked["similar"] }) {
  const { t } = useLocale();
  const { to } = useScope();
  if (similar.length === 0) return null;
  return (
    <div className={styles.similar} role="status" data-testid="similar">
      <strong>{t("form.similar")}</strong>
      <ul>
        {similar.map((one) => (
          <li key={one.id}>
            <Link to={to("/resident", { id: one.id, purpose: "review" })}>{one.name_masked}</Link>{" "}
            {one.citizen_id_masked} {one.village}
          </li>
        ))}
      </ul>
    </div>
  );
}
