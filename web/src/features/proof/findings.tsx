/** What is to be looked at, the most certain first. Careful words: what is only likely is called so. */
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import type { Proof } from "@/api/types";
import { type Key, useLocale } from "@/locale";
import { Empty } from "@/ui/region";
import { StatusShape } from "@/ui/status-mark";
import { useScope } from "@/view/scope";
import styles from "./page.module.css";

export type Finding = {
  id: string;
  claim: number | null;
  claims: number[];
  mark: "late" | "warn";
  title: string;
  /** What was computed, as a line. */
  line: string;
  because: { value: string; because: string }[];
  /** The indicator whose records say otherwise. */
  indicator: string | null;
  word: Key;
};

/** Relations that fail, then those that hold only by cutting off digits, then claims the records contradict. */
export function findingsOf(proof: Proof): Finding[] {
  const of = (verdict: "fails" | "truncated", mark: Finding["mark"], word: Key) =>
    proof.relations
      .filter((relation) => relation.verdict === verdict)
      .map((relation, n) => ({
        id: `${verdict}-${n}`,
        claim: relation.result ?? relation.claims.at(-1) ?? null,
        claims: relation.claims,
        mark,
        title: relation.title,
        line: relation.computation,
        because: relation.slips,
        indicator: null,
        word,
      }));
  const records = proof.matches
    .filter((match) => match.agrees === false)
    .map((match) => ({
      id: `match-${match.claim}`,
      claim: match.claim,
      claims: [match.claim],
      mark: "warn" as const,
      title: match.title,
      line: `${proof.claims[match.claim]?.quote ?? ""} ≠ ${match.computed ?? "—"}`,
      because: [],
      indicator: match.indicator,
      word: "proof.records_differ" as const,
    }));
  return [...of("fails", "late", "proof.fails"), ...of("truncated", "warn", "proof.truncated"), ...records];
}

type Props = { findings: Finding[]; claim: number | null; setClaim: (claim: number | null) => void };

export function Findings({ findings, claim, setClaim }: Props) {
  const { t } = useLocale();
  const chosen = useRef<HTMLLIElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen claim is why the view moves
  useEffect(() => chosen.current?.scrollIntoView({ block: "nearest" }), [claim]);
  if (findings.length === 0) return <Empty why={t("proof.none_why")}>{t("proof.none")}</Empty>;
  const first = findings.find((finding) => claim !== null && finding.claims.includes(claim));
  return (
    <ol className={styles.findings} data-testid="proof-findings">
      {findings.map((finding) => (
        <li
          key={finding.id}
          ref={finding === first ? chosen : null}
          className={finding === first ? styles.chosen : undefined}
          data-testid="proof-finding"
        >
          <button type="button" className={styles.finding} onClick={() => setClaim(finding.claim)}>
            <StatusShape mark={finding.mark} />
            <span>
              <strong>
                {t(finding.word)} · {finding.title}
              </strong>
              <span className={styles.line}>{finding.line}</span>
              {finding.because.map((slip, n) => (
                <span key={slip.because} className={styles.because}>
                  {t(n === 0 ? "proof.likely" : "proof.also", slip)}
                </span>
              ))}
            </span>
          </button>
          {finding.indicator && <Way indicator={finding.indicator} />}
        </li>
      ))}
    </ol>
  );
}

function Way({ indicator }: { indicator: string }) {
  const { t } = useLocale();
  const { to } = useScope();
  return (
    <Link className={styles.way} to={to("/figure", { indicator })}>
      {t("proof.open_figure")}
    </Link>
  );
}
