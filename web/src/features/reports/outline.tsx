/** 目录: the headings of the paper, to jump by. */
import type { Block } from "@/api/types";
import { useLocale } from "@/locale";
import styles from "./page.module.css";
import { anchorOf } from "./sheet";

const textOf = (block: Block) => block.number + block.spans.map((span) => span.text).join("");

export function Outline({ blocks }: { blocks: Block[] }) {
  const { t } = useLocale();
  return (
    <nav className={`${styles.outline} no-print`} aria-label={t("report.outline")}>
      <h2>{t("report.outline")}</h2>
      <ol>
        {blocks.map((block, index) =>
          block.kind === "heading" && block.level <= 2 ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no identity but their place
            <li key={index} className={block.level > 1 ? styles.deeper : undefined}>
              <a href={`#${anchorOf(index)}`}>{textOf(block)}</a>
            </li>
          ) : null,
        )}
      </ol>
    </nav>
  );
}
