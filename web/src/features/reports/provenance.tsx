/** 来历: where the pressed figure comes from, with the way to its people. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { figureCardQuery } from "@/api/queries";
import type { FigureRef } from "@/api/types";
import { useLocale } from "@/locale";
import { FigureOrigin } from "@/ui/figure-origin";
import { Region } from "@/ui/region";
import { useScope } from "@/view/scope";
import styles from "./page.module.css";

const SKELETON_PX = 160;

export function Provenance({ of }: { of: FigureRef }) {
  const { t } = useLocale();
  const { scope, to } = useScope();
  const query = useQuery(figureCardQuery({ ...scope, org: of.org, period: of.period }, of.indicator));
  return (
    <div data-testid="provenance">
      <Region query={query} height={SKELETON_PX}>
        {(card) => (
          <>
            <FigureOrigin figure={card.figure} formula={card.formula} source={card.source} />
            <p className={styles.next}>
              <Link to={to("/figure", of)} data-testid="open-figure">
                {t("action.see_figure")}
              </Link>
              <Link to={to("/figure", { ...of, tab: "rows" })}>{t("action.see_people")}</Link>
            </p>
          </>
        )}
      </Region>
    </div>
  );
}
