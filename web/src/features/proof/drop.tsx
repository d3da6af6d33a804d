/** A place to drop a file on, or to choose one with the keyboard. */
import { type DragEvent, useRef, useState } from "react";
import { useLocale } from "@/locale";
import styles from "./page.module.css";

const READABLE = ".txt,.md,.html,.htm,.docx,.xlsx,.pdf";

type Props = { label: string; busy: boolean; onFile: (file: File) => void; testId: string };

export function Drop({ label, busy, onFile, testId }: Props) {
  const { t } = useLocale();
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    <button
      type="button"
      className={over ? `${styles.drop} ${styles.over}` : styles.drop}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      onClick={() => input.current?.click()}
      aria-busy={busy}
    >
      <strong>{busy ? t("proof.reading") : label}</strong>
      <span>{t("proof.formats")}</span>
      <input
        ref={input}
        type="file"
        accept={READABLE}
        hidden
        data-testid={testId}
        onClick={(event) => event.stopPropagation()}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) onFile(file);
          event.target.value = "";
        }}
      />
    </button>
  );
}
