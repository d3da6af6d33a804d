/** Two texts claim by claim: what has another value, what stands in one of them only. */
import type { ProofComparison } from "@/api/types";
import { type Key, useLocale } from "@/locale";
import { Panel } from "@/ui/panel";
import { Empty } from "@/ui/region";
import styles from "./page.module.css";

const WORD: Record<ProofComparison["changes"][number]["kind"], Key> = {
  changed: "proof.changed",
  renamed: "proof.renamed",
  moved: "proof.moved",
  dropped: "proof.dropped",
  added: "proof.added",
};

export function Changes({ found }: { found: ProofComparison }) {
  const { t } = useLocale();
  const title = t("proof.changes", { n: String(found.changes.length), same: String(found.same) });
  return (
    <Panel title={title} note={`${found.left} → ${found.right}`} flush>
      {found.changes.length === 0 ? (
        <Empty why={t("proof.same_why")}>{t("proof.same")}</Empty>
      ) : (
        <table className={styles.changes} data-testid="proof-changes">
          <thead>
            <tr>
              <th scope="col">{t("proof.what")}</th>
              <th scope="col">{found.left}</th>
              <th scope="col">{found.right}</th>
            </tr>
          </thead>
          <tbody>
            {found.changes.map((change, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the answer is a list of its own, never reordered
              <tr key={n}>
                <th scope="row">{t(WORD[change.kind])}</th>
                <td>{change.left && `${change.left.subject} ${change.left.quote}`}</td>
                <td>
                  {change.right && `${change.right.subject} ${change.right.quote}`}
                  {change.because && <span className={styles.because}>{change.because}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
