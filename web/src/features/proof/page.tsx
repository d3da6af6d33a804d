/** 核验: a finished report dropped in, its figures marked in the text, the findings beside it. Nothing of it is kept. */
import { useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { checkProof, compareProofs, markedProof } from "@/api/queries";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { Refused } from "@/ui/region";
import { useScope } from "@/view/scope";
import { Changes } from "./changes";
import { Drop } from "./drop";
import { Findings, findingsOf } from "./findings";
import { piecesOf } from "./marks";
import styles from "./page.module.css";
import { MarkedText } from "./text";

export function ProofPage() {
  const { t } = useLocale();
  const { scope } = useScope();
  const [file, setFile] = useState<File | null>(null);
  const [claim, setClaim] = useState<number | null>(null);
  const proof = useMutation({ mutationFn: (asked: File) => checkProof(scope, asked) });
  const other = useMutation({ mutationFn: (asked: [File, File]) => compareProofs(scope.lang, ...asked) });
  const marked = useMutation({ mutationFn: (asked: File) => markedProof(scope.lang, asked) });

  const check = (asked: File) => {
    setFile(asked);
    setClaim(null);
    other.reset();
    proof.mutate(asked);
  };

  return (
    <PageFrame title={t("page.proof")} scope={["org", "period"]}>
      <div className={styles.page}>
        <div className={styles.files}>
          <Drop label={t("proof.drop")} busy={proof.isPending} onFile={check} testId="proof-file" />
          {file && proof.data && (
            <Drop
              label={t("proof.against")}
              busy={other.isPending}
              onFile={(second) => other.mutate([second, file])}
              testId="proof-other"
            />
          )}
        </div>
        {proof.error && file && <Refused error={proof.error} retry={() => proof.mutate(file)} />}
        {other.error && <Refused error={other.error} retry={other.reset} />}
        {other.data && <Changes found={other.data} />}
        {proof.data && (
          <Checked
            key={proof.submittedAt}
            proof={proof.data}
            claim={claim}
            setClaim={setClaim}
            download={
              <Button loading={marked.isPending} onClick={() => file && marked.mutate(file)}>
                {t("proof.download")}
              </Button>
            }
          />
        )}
      </div>
    </PageFrame>
  );
}

type CheckedProps = {
  proof: Parameters<typeof piecesOf>[0];
  claim: number | null;
  setClaim: (claim: number | null) => void;
  download: React.ReactNode;
};

function Checked({ proof, claim, setClaim, download }: CheckedProps) {
  const { t } = useLocale();
  const pieces = useMemo(() => piecesOf(proof), [proof]);
  const findings = useMemo(() => findingsOf(proof), [proof]);
  const n = (verdict: string) => proof.relations.filter((one) => one.verdict === verdict).length;
  const at = useRef(-1);
  useEffect(() => {
    const walk = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select");
      const step = event.key === "n" ? 1 : event.key === "p" ? -1 : 0;
      if (typing || event.ctrlKey || event.metaKey || step === 0 || findings.length === 0) return;
      at.current = (at.current + step + findings.length) % findings.length;
      setClaim(findings[at.current]?.claim ?? null);
    };
    window.addEventListener("keydown", walk);
    return () => window.removeEventListener("keydown", walk);
  }, [findings, setClaim]);
  const summary = t("proof.summary", {
    claims: String(proof.claims.length),
    relations: String(proof.relations.length),
    holds: String(n("holds")),
    truncated: String(n("truncated")),
    fails: String(n("fails")),
    unclear: String(n("unclear")),
  });
  return (
    <>
      <p className={styles.summary} data-testid="proof-summary">
        {summary}
        {proof.mended.length > 0 && ` · ${t("proof.mended", { what: proof.mended.join("、") })}`}
      </p>
      <div className={styles.layout}>
        <Panel title={proof.name} note={t("proof.legend")} flush>
          <MarkedText pieces={pieces} claim={claim} setClaim={setClaim} />
        </Panel>
        <Panel title={t("proof.findings", { n: String(findings.length) })} actions={download} flush>
          <Findings findings={findings} claim={claim} setClaim={setClaim} />
        </Panel>
      </div>
    </>
  );
}
