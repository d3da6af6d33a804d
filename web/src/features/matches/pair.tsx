/** One likely pair: both records side by side, what each comparison says, and the verdict. */
import { Button, Radio } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { NewDecision } from "@/api/queries";
import type { Match, MatchField } from "@/api/types";
import { type Key, useLocale } from "@/locale";
import { Panel } from "@/ui/panel";
import { QueryTable, type TableColumn } from "@/ui/query-table";
import { useScope } from "@/view/scope";
import styles from "./page.module.css";

type Props = {
  pair: Match;
  mayDecide: boolean;
  waiting: boolean;
  onDecide: (decision: NewDecision) => void;
  onSkip: () => void;
};

const FIELD_PX = 160;
/** What is told of both without being compared has no sign. */
const SIGN = { same: "＝", differs: "≠", missing: "—" } as const;
const STATE: Record<keyof typeof SIGN, Key> = {
  same: "matches.same",
  differs: "matches.differs",
  missing: "matches.missing",
};

export function Pair({ pair, mayDecide, waiting, onDecide, onSkip }: Props) {
  const { t } = useLocale();
  const [survivor, setSurvivor] = useState(pair.survivor);
  const { resident, other } = pair;
  return (
    <div data-testid="pair" data-pair={`${resident}~${other}`}>
      <Panel
        title={t("matches.probability", { p: pair.probability_shown })}
        note={t("matches.masked_note")}
        flush
      >
        <Fields pair={pair} />
        {mayDecide ? (
          <div className={`${styles.verdict} no-print`}>
            <div className={styles.keep}>
              <span id="keep">{t("matches.keep")}</span>
              <Radio.Group
                aria-labelledby="keep"
                value={survivor}
                onChange={(event) => setSurvivor(event.target.value)}
                options={[
                  { value: resident, label: t("matches.a", { id: resident }) },
                  { value: other, label: t("matches.b", { id: other }) },
                ]}
              />
            </div>
            <div className={styles.buttons}>
              <Button
                type="primary"
                disabled={waiting}
                onClick={() => onDecide({ resident, other, verdict: "same", survivor })}
              >
                {t("matches.is_same")}
              </Button>
              <Button disabled={waiting} onClick={() => onDecide({ resident, other, verdict: "different" })}>
                {t("matches.is_different")}
              </Button>
              <Button type="text" disabled={waiting} onClick={onSkip}>
                {t("matches.skip")}
              </Button>
            </div>
            <p className={styles.note}>{t("matches.what_happens")}</p>
          </div>
        ) : (
          <p className={styles.readOnly}>{t("matches.read_only")}</p>
        )}
      </Panel>
      <p className={styles.open}>
        <Open id={resident} word="matches.a" /> <Open id={other} word="matches.b" />
      </p>
    </div>
  );
}

function Open({ id, word }: { id: string; word: "matches.a" | "matches.b" }) {
  const { t } = useLocale();
  const { to } = useScope();
  return (
    <Link to={to("/resident", { id, after: null })}>{t("matches.open", { which: t(word, { id }) })}</Link>
  );
}

function Fields({ pair }: { pair: Match }) {
  const { t, pick } = useLocale();
  const value = (field: MatchField, text: string) => (
    <span className={field.state === "differs" ? styles.differs : undefined}>{text || "—"}</span>
  );
  const columns: TableColumn<MatchField>[] = [
    { key: "field", title: t("matches.field"), width: FIELD_PX, render: (field) => pick(field.title) },
    { key: "a", title: t("matches.a", { id: pair.resident }), render: (field) => value(field, field.a) },
    { key: "b", title: t("matches.b", { id: pair.other }), render: (field) => value(field, field.b) },
    { key: "says", title: t("matches.says"), render: (field) => <Says field={field} /> },
  ];
  return (
    <QueryTable
      label={t("page.matches")}
      columns={columns}
      rows={pair.fields}
      rowKey={(field) => field.key}
      testId="match-field"
    />
  );
}

/** `≠ 同音 · 支持同一人 +3.2` */
function Says({ field }: { field: MatchField }) {
  const { t, pick } = useLocale();
  if (field.state === "told") return null;
  const level = field.level ? pick(field.level) : t(STATE[field.state]);
  const bits = field.weight_shown;
  return (
    <span className={field.state === "differs" ? styles.differs : styles.says} data-state={field.state}>
      {SIGN[field.state]} {level}
      {bits && field.leaning === "for" && ` · ${t("matches.for", { bits })}`}
      {bits && field.leaning === "against" && ` · ${t("matches.against", { bits })}`}
    </span>
  );
}
