/** The text with its claims marked by shape and underline, the chosen one brought into view. */
import { memo, useEffect, useRef } from "react";
import { useLocale } from "@/locale";
import type { Piece } from "./marks";
import styles from "./page.module.css";

const SIGN = { late: "■", warn: "▲", ok: "", none: "" } as const;

type Props = { pieces: Piece[]; claim: number | null; setClaim: (claim: number) => void };

export const MarkedText = memo(function MarkedText({ pieces, claim, setClaim }: Props) {
  const { t } = useLocale();
  const chosen = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen claim is why the view moves
  useEffect(() => chosen.current?.scrollIntoView({ block: "center" }), [claim]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.text} tabIndex={0} aria-label={t("proof.text")} data-testid="proof-text">
      {pieces.map((piece, n) =>
        piece.claim === null ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places
          <span key={n}>{piece.text}</span>
        ) : (
          <button
            type="button"
            // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places
            key={n}
            ref={piece.claim === claim ? chosen : null}
            className={`${styles.claim} ${styles[piece.mark]}`}
            aria-pressed={piece.claim === claim}
            data-mark={piece.mark}
            onClick={() => setClaim(piece.claim as number)}
          >
            {SIGN[piece.mark]}
            {piece.text}
          </button>
        ),
      )}
    </section>
  );
});
