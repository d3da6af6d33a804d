/** A status as shape, word and colour, trusted in that order: it must read the same in grey and aloud. */
import type { Status, Target } from "@/api/types";
import { type Key, useLocale } from "@/locale";
import styles from "./status-mark.module.css";

export type Mark = Status | "doing";

const SHAPE: Record<Mark, React.ReactNode> = {
  ok: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M4.6 8.2l2.4 2.4 4.4-4.9" fill="none" stroke="var(--panel)" strokeWidth="1.8" />
    </>
  ),
  doing: (
    <>
      <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <path d="M8 1.8a6.2 6.2 0 0 0 0 12.4z" fill="currentColor" />
    </>
  ),
  warn: <path d="M8 1.5L15.2 14.5H.8z" fill="currentColor" />,
  late: (
    <>
      <rect x="1" y="1" width="14" height="14" fill="currentColor" />
      <path d="M8 4v5M8 11v1.6" stroke="var(--panel)" strokeWidth="1.9" />
    </>
  ),
  none: <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.6" />,
};

/** The word that belongs to a figure's status; which side of the target it is on decides between low and high. */
export function statusWord(status: Status, target: Target | null): Key {
  switch (status) {
    case "ok":
      return "status.ok";
    case "warn":
      return target?.direction === "at_most" ? "status.high" : "status.low";
    case "late":
      return "status.late";
    case "none":
      return "status.none";
  }
}

export function StatusShape({ mark }: { mark: Mark }) {
  return (
    <svg className={`${styles.shape} ${styles[mark]}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPE[mark]}
    </svg>
  );
}

/** Shape and word of a status; with `quiet` the word is kept for screen readers only. */
export function StatusMark({ mark, word, quiet = false }: { mark: Mark; word: Key; quiet?: boolean }) {
  const { t } = useLocale();
  return (
    <span className={`${styles.mark} ${styles[mark]}`} data-status={mark} title={quiet ? t(word) : undefined}>
      <StatusShape mark={mark} />
      <span className={quiet ? "visually-hidden" : undefined}>{t(word)}</span>
    </span>
  );
}
