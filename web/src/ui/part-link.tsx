/** The numerator or denominator of a figure: pressing it lists exactly the rows it counts. */
import { Link } from "react-router";
import type { Figure, Part } from "@/api/types";
import { useScope } from "@/view/scope";
import { figureQueryOf } from "./figure-cell";
import styles from "./part-link.module.css";

type Props = {
  figure: Pick<Figure, "indicator" | "org" | "period">;
  part: Exclude<Part, "missed" | "excluded">;
  shown: string | null;
};

export function PartLink({ figure, part, shown }: Props) {
  const { to } = useScope();
  if (shown === null) return "—";
  return (
    <Link className={styles.part} to={to("/figure", { ...figureQueryOf(figure), tab: "rows", part })}>
      {shown}
    </Link>
  );
}
