/** The lines of work this county runs; each leads to its indicators. */
import { Link } from "react-router";
import { useLocale } from "@/locale";
import { Panel } from "@/ui/panel";
import { useCounty } from "@/view/county";
import { useScope } from "@/view/scope";
import styles from "./page.module.css";

export function Packs() {
  const { t, pick } = useLocale();
  const { to } = useScope();
  const county = useCounty();
  if (!county || county.packs.length === 0) return null;
  return (
    <Panel title={t("dashboard.packs")}>
      <ul className={styles.packs}>
        {county.packs
          .filter((pack) => pack.indicators > 0)
          .map((pack) => (
            <li key={pack.id}>
              <Link to={to("/indicators", { q: pick(pack.title) })}>{pick(pack.title)}</Link>
            </li>
          ))}
      </ul>
    </Panel>
  );
}
