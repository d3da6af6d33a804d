/** An address that leads nowhere. */
import { Link } from "react-router";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { Empty } from "@/ui/region";
import { useScope } from "@/view/scope";

export function Lost() {
  const { t } = useLocale();
  const { to } = useScope();
  return (
    <PageFrame title={t("lost.title")} scope={[]}>
      <Panel title={t("lost.title")}>
        <Empty why={t("lost.why")}>
          <Link to={to("/")}>{t("lost.next")}</Link>
        </Empty>
      </Panel>
    </PageFrame>
  );
}
