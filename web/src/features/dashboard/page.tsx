/** 驾驶舱: what is off target today, proved by at most eight figures and a comparison of the townships. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { dashboardQuery } from "@/api/queries";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Region } from "@/ui/region";
import { useScope } from "@/view/scope";
import { AttentionList } from "./attention";
import { Cards } from "./cards";
import { ComparisonPanel } from "./comparison";
import { Packs } from "./packs";
import styles from "./page.module.css";

const SKELETON_PX = 720;

export function DashboardPage() {
  const { t } = useLocale();
  const { scope, get } = useScope();
  const query = useQuery({ ...dashboardQuery(scope, get("compare")), placeholderData: keepPreviousData });
  return (
    <PageFrame title={t("page.dashboard")} scope={["org", "period", "as_of"]}>
      <Region query={query} height={SKELETON_PX}>
        {(dashboard) => (
          <div className={styles.layout}>
            <Cards cards={dashboard.cards} />
            <div className={styles.column}>
              <AttentionList attention={dashboard.attention} />
              <Packs />
            </div>
            {dashboard.comparison && (
              <ComparisonPanel
                comparison={dashboard.comparison}
                choices={dashboard.cards.map((card) => card.figure)}
              />
            )}
          </div>
        )}
      </Region>
    </PageFrame>
  );
}
