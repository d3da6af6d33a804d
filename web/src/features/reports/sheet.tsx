/** The white sheet: title, numbered headings and paragraphs as they will stand on paper. */
import type { Block, FigureRef, Report } from "@/api/types";
import { useLocale } from "@/locale";
import { FigureInText } from "./figure-in-text";
import styles from "./sheet.module.css";

type Props = { report: Report; chosen: FigureRef | null; choose: (figure: FigureRef) => void };

/** The anchor of a block, for the outline. */
export const anchorOf = (index: number) => `part-${index}`;

export function Sheet({ report, chosen, choose }: Props) {
  const { t } = useLocale();
  return (
    <article className={styles.sheet} data-testid="report" lang="zh-CN">
      {report.blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no identity but their place
        <BlockOf key={index} block={block} anchor={anchorOf(index)} chosen={chosen} choose={choose} />
      ))}
      <footer className={styles.foot}>
        {t("report.as_of")} {report.as_of}
      </footer>
    </article>
  );
}

type BlockProps = Omit<Props, "report"> & { block: Block; anchor: string };

function BlockOf({ block, anchor, chosen, choose }: BlockProps) {
  const content = (
    <>
      {block.number}
      {block.spans.map((span, index) =>
        span.figure ? (
          <FigureInText
            // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity but their place
            key={index}
            text={span.text}
            figure={span.figure}
            chosen={same(chosen, span.figure)}
            choose={choose}
          />
        ) : (
          span.text
        ),
      )}
    </>
  );
  switch (block.kind) {
    case "title":
      return (
        <h2 id={anchor} className={styles.title}>
          {content}
        </h2>
      );
    case "heading":
      return (
        <h3 id={anchor} className={block.level <= 1 ? styles.heading1 : styles.heading2}>
          {content}
        </h3>
      );
    case "paragraph":
      return (
        <p id={anchor} className={styles.paragraph}>
          {content}
        </p>
      );
  }
}

function same(one: FigureRef | null, other: FigureRef): boolean {
  return one?.indicator === other.indicator && one.org === other.org && one.period === other.period;
}
