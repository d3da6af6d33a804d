/**
 * 大屏: the cockpit on a wall, scaled as a whole and dark. Names are never on it, and nothing leads to a list of people.
 *
 * Everything is the cockpit's own, so no second truth hangs on the wall; Esc leads back.
 */
import { type CSSProperties, useEffect } from "react";
import type { Dashboard } from "@/api/types";
import { useLocale } from "@/locale";
import { targetText } from "@/ui/figure-origin";
import { orgRows, RankBars } from "@/ui/rank-bars";
import { DARK } from "@/ui/theme/tokens";
import { useCounty } from "@/view/county";
import { useWallZoom } from "@/view/media";
import { useScope } from "@/view/scope";
import { AttentionList } from "./attention";
import { Cards } from "./cards";
import styles from "./wall.module.css";

const COLOURS = Object.fromEntries(Object.entries(DARK).map(([name, value]) => [`--${name}`, value]));

export function Wall({ dashboard }: { dashboard: Dashboard }) {
  const { t, pick } = useLocale();
  const { scope, set } = useScope();
  const county = useCounty();
  const zoom = useWallZoom();
  const title = county ? `${pick(county.title)} · ${t("page.dashboard")}` : t("page.dashboard");
  useEffect(() => {
    document.title = title;
    const leave = (event: KeyboardEvent) => event.key === "Escape" && set({ screen: null });
    window.addEventListener("keydown", leave);
    return () => window.removeEventListener("keydown", leave);
  }, [title, set]);
  const { comparison } = dashboard;
  const target = comparison?.rows.find((row) => row.target !== null)?.target;
  return (
    <main className={styles.wall} style={{ ...COLOURS, zoom } as CSSProperties} data-testid="wall">
      <header className={styles.head}>
        <h1>{title}</h1>
        <span>
          {t("scope.period")} {scope.period ?? county?.period} · {t("scope.as_of")}{" "}
          {scope.as_of ?? county?.as_of}
        </span>
      </header>
      <Cards cards={dashboard.cards} />
      <div className={styles.below}>
        <AttentionList attention={dashboard.attention} />
        {comparison && (
          <section className={styles.bars}>
            <header className={styles.title}>
              <h2>{pick(comparison.sentence)}</h2>
              {target && (
                <span className={styles.target}>
                  {t("figure.target")} {targetText(target)}
                </span>
              )}
            </header>
            <RankBars rows={orgRows(comparison.rows)} targetValue={comparison.target} />
          </section>
        )}
      </div>
    </main>
  );
}
