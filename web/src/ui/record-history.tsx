/** One record as people read it: whom it is about, what it says, and a diary of who wrote what, when, and why. */
import { Link } from "react-router";
import type { RecordHistory, RecordVersion } from "@/api/types";
import { type Key, useLocale } from "@/locale";
import { useScope } from "@/view/scope";
import styles from "./record-history.module.css";
import { useWho } from "./who";

const OP_WORD: Record<RecordVersion["op"], Key> = {
  create: "record.create",
  correct: "record.correct",
  withdraw: "record.withdraw",
};

/** Enough of a hash to compare by eye or by telephone. */
const HASH_DIGITS = 12;

export function RecordFields({ record }: { record: RecordHistory }) {
  const newest = record.versions[0];
  if (!newest) return null;
  return (
    <dl className={styles.fields} data-testid="record-fields">
      {newest.fields.map((field) => (
        <FieldLine key={field.key} title={field.title} shown={field.shown} />
      ))}
    </dl>
  );
}

export function RecordDiary({ record }: { record: RecordHistory }) {
  return (
    <ol className={styles.diary} data-testid="record-versions">
      {record.versions.map((version, index) => (
        <Version key={version.version} version={version} before={record.versions[index + 1]} />
      ))}
    </ol>
  );
}

export function RecordSubject({ record }: { record: RecordHistory }) {
  const { t, pick } = useLocale();
  const { to } = useScope();
  const { resident } = record;
  return (
    <p className={styles.subject}>
      {resident && (
        <Link
          to={to("/resident", { id: resident.id, purpose: "review" })}
          data-testid="resident-link"
          className={styles.person}
        >
          {resident.name_masked} {pick(resident.sex)} {resident.age_shown}
        </Link>
      )}
      <span>{record.org_name}</span>
      <span className={styles.quiet}>
        {t("record.id")} {record.id}
      </span>
    </p>
  );
}

function FieldLine({ title, shown }: { title: { zh: string; en: string }; shown: string }) {
  const { pick } = useLocale();
  return (
    <>
      <dt>{pick(title)}</dt>
      <dd>{shown || "—"}</dd>
    </>
  );
}

function Version({ version, before }: { version: RecordVersion; before: RecordVersion | undefined }) {
  const { t, pick } = useLocale();
  const { actor } = useWho();
  const changed = before ? version.fields.filter((field) => field.changed) : [];
  const shownBefore = (key: string) => before?.fields.find((field) => field.key === key)?.shown || "—";
  return (
    <li className={before ? styles.later : styles.first}>
      <p>
        <strong>{t("record.version", { n: `${version.version}` })}</strong> {t(OP_WORD[version.op])} ·{" "}
        {version.at} · {actor(version.actor)}
      </p>
      {version.reason && (
        <p>
          {t("record.reason")}：{version.reason}
        </p>
      )}
      {changed.map((field) => (
        <p key={field.key}>
          {pick(field.title)}　<del>{shownBefore(field.key)}</del> → <ins>{field.shown || "—"}</ins>
        </p>
      ))}
      <p className={styles.quiet}>
        {t("record.batch", { seq: `${version.seq}`, batch: `${version.batch}` })} ·{" "}
        <span title={version.hash}>{version.hash.slice(0, HASH_DIGITS)}</span>
      </p>
    </li>
  );
}
