/** A white sheet on the page with a title line; the unit every page is laid out in. */
import type { ReactNode } from "react";
import styles from "./panel.module.css";

type Props = {
  title: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  children: ReactNode;
};

export function Panel({ title, note, actions, flush = false, children }: Props) {
  return (
    <section className={styles.panel}>
      <header className={styles.head}>
        <div className={styles.words}>
          <h2>{title}</h2>
          {note && <span className={styles.note}>{note}</span>}
        </div>
        {actions && <div className={`${styles.actions} no-print`}>{actions}</div>}
      </header>
      <div className={flush ? undefined : styles.body}>{children}</div>
    </section>
  );
}
