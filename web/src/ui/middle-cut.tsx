/** A long name cut in the middle: the last four characters, which tell two institutions apart, always stay visible. */
import styles from "./middle-cut.module.css";

const TAIL = 4;

export function MiddleCut({ text }: { text: string }) {
  return (
    <span className={styles.name} title={text}>
      <span className={styles.head}>{text.slice(0, -TAIL)}</span>
      <span className={styles.tail}>{text.slice(-TAIL)}</span>
    </span>
  );
}
