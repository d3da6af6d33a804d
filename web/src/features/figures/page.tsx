/** One figure opened: what it is made of, whom it counts, and how it is defined, one organisation level at a time. */
import { useQuery } from "@tanstack/react-query";
import { Tabs } from "antd";
import { figureQuery } from "@/api/queries";
import type { FigureDetail } from "@/api/types";
import { type Key, useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { Empty, Region } from "@/ui/region";
import { useScope } from "@/view/scope";
import { DefinitionTab } from "./definition";
import { FigureHead } from "./head";
import styles from "./page.module.css";
import { PartsTab } from "./parts";
import { RowsTab } from "./rows";

const TABS = ["parts", "rows", "definition"] as const;
type Tab = (typeof TABS)[number];

const TAB_WORD: Record<Tab, Key> = {
  parts: "figure.tab_parts",
  rows: "figure.tab_rows",
  definition: "figure.tab_definition",
};

const SKELETON_PX = 600;

export function FigurePage() {
  const { t, pick } = useLocale();
  const { scope, get } = useScope();
  const indicator = get("indicator") ?? "";
  const query = useQuery({
    ...figureQuery(scope, indicator),
    enabled: indicator !== "",
    // The old values may stay while the organisation or period changes, never while the indicator does.
    placeholderData: (last: FigureDetail | undefined) =>
      last?.figure.indicator === indicator ? last : undefined,
  });
  const title = query.data ? pick(query.data.figure.title) : t("page.figure");
  return (
    <PageFrame title={title} scope={["org", "period", "tree", "as_of"]}>
      {indicator === "" ? (
        <Panel title={t("page.figure")}>
          <Empty why={t("figure.not_chosen")} />
        </Panel>
      ) : (
        <Region query={query} height={SKELETON_PX}>
          {(detail) => <Opened detail={detail} />}
        </Region>
      )}
    </PageFrame>
  );
}

function Opened({ detail }: { detail: FigureDetail }) {
  const { t } = useLocale();
  const { get, set } = useScope();
  const tab = TABS.find((one) => one === get("tab")) ?? "parts";
  return (
    <div className={styles.layout}>
      <FigureHead detail={detail} />
      <Tabs
        className={styles.tabs ?? ""}
        activeKey={tab}
        onChange={(next) => set({ tab: next }, { replace: true })}
        destroyOnHidden
        items={TABS.map((one) => ({
          key: one,
          label: t(TAB_WORD[one]),
          children: <TabBody tab={one} detail={detail} />,
        }))}
      />
    </div>
  );
}

function TabBody({ tab, detail }: { tab: Tab; detail: FigureDetail }) {
  switch (tab) {
    case "parts":
      return <PartsTab detail={detail} />;
    case "rows":
      return <RowsTab detail={detail} />;
    case "definition":
      return <DefinitionTab detail={detail} />;
  }
}
