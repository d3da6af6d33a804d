/** 驾驶舱: what is off target today, proved by at most eight figures and a comparison of the townships. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { dashboardQuery } from "@/api/queries";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Region } from "@/ui/region";
import { PHONE, useMedia } from "@/view/media";
import { useScope } from "@/view/scope";
import { AttentionList } from "./attention";
import { Cards } from "./cards";
import { ComparisonPanel } from "./comparison";
import { Packs } from "./packs";
import styles from "./page.module.css";
import { Wall } from "./wall";

const SKELETON_PX = 720;

export function DashboardPage() {
  const { t } = useLocale();
  const { scope, get, set } = useScope();
  const phone = useMedia(PHONE);
  const query = useQuery({ ...dashboardQuery(scope, get("compare")), placeholderData: keepPreviousData });
  if (get("screen") === "1") {
    return (
      <Region query={query} height={SKELETON_PX}>
        {(dashboard) => <Wall dashboard={dashboard} />}
      </Region>
    );
  }
  return (
    <PageFrame
      title={t("page.dashboard")}
      scope={["org", "period", "as_of"]}
      actions={!phone && <Button onClick={() => set({ screen: "1" })}>{t("dashboard.wall")}</Button>}
    >
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
