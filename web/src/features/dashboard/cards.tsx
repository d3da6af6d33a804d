/** The county's chosen figures, each with its target, its movement and its status. */
import type { Card } from "@/api/types";
import { useLocale } from "@/locale";
import { FigureCell } from "@/ui/figure-cell";
import { FigureChange } from "@/ui/figure-change";
import { targetText } from "@/ui/figure-origin";
import { Sparkline } from "@/ui/sparkline";
import { StatusMark, statusWord } from "@/ui/status-mark";
import styles from "./page.module.css";

export function Cards({ cards }: { cards: Card[] }) {
  return (
    <div className={styles.cards}>
      {cards.map((card) => (
        <FigureOnCard key={card.figure.indicator} card={card} />
      ))}
    </div>
  );
}

function FigureOnCard({ card: { figure, trend } }: { card: Card }) {
  const { t, pick } = useLocale();
  return (
    <section className={styles.card} data-testid="card" data-indicator={figure.indicator}>
      <div className={styles.title}>
        <h2 title={pick(figure.title)}>{pick(figure.title)}</h2>
        {figure.target && <StatusMark mark={figure.status} word={statusWord(figure.status, figure.target)} />}
      </div>
      <div className={styles.reading}>
        <FigureCell figure={figure} size="card" />
        <div className={styles.spark}>
          <Sparkline points={trend} />
        </div>
      </div>
      <div className={styles.facts}>
        {figure.target ? (
          <span>
            {t("figure.target")} {targetText(figure.target)}
          </span>
        ) : (
          <span>
            {t("figure.cut_off")} {figure.cut_off}
          </span>
        )}
        {figure.change && <FigureChange change={figure.change} />}
      </div>
    </section>
  );
}
