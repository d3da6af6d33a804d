/** The one card that stands on a page before anybody is let in. */
import type { ReactNode } from "react";
import { useLocale } from "@/locale";
import { Brand } from "@/ui/icons";
import { useScope } from "@/view/scope";
import styles from "./account.module.css";

export function Card({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  const { t, lang } = useLocale();
  const { set } = useScope();
  return (
    <main className={styles.door}>
      <section className={styles.card}>
        <header className={styles.head}>
          <span className={styles.brand}>
            <Brand />
            <strong>{t("app.name")}</strong>
          </span>
          <button
            type="button"
            lang={lang === "zh" ? "en" : "zh-CN"}
            onClick={() => set({ lang: lang === "zh" ? "en" : null }, { replace: true })}
          >
            {t("app.other_language")}
          </button>
        </header>
        <h1>{title}</h1>
        {note && <p className={styles.note}>{note}</p>}
        {children}
      </section>
    </main>
  );
}
