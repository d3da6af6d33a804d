/**
 * 报告: the finished paper. Hovering a figure says how it came about; pressing it keeps that beside the text; pressing
 * again opens the figure down to its people.
 */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Drawer } from "antd";
import { address } from "@/api/client";
import { reportQuery } from "@/api/queries";
import type { FigureRef, Report } from "@/api/types";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { Region } from "@/ui/region";
import { useMedia } from "@/view/media";
import { useScope } from "@/view/scope";
import { Outline } from "./outline";
import styles from "./page.module.css";
import { Provenance } from "./provenance";
import { Review } from "./review";
import { Sheet } from "./sheet";

/** From this width the origin of a figure has a column beside the paper. */
const WIDE = "(min-width: 1200px)";
const SKELETON_PX = 900;
const FORMATS = ["docx", "pdf", "html", "md"] as const;

export function ReportPage() {
  const { t } = useLocale();
  const { scope } = useScope();
  const query = useQuery({ ...reportQuery(scope), placeholderData: keepPreviousData });
  return (
    <PageFrame title={t("page.report")} scope={["period", "as_of"]} printHead={false} actions={<Downloads />}>
      <Region query={query} height={SKELETON_PX}>
        {(report) => <Reader report={report} />}
      </Region>
    </PageFrame>
  );
}

function Downloads() {
  const { t } = useLocale();
  const { scope } = useScope();
  return FORMATS.map((format) => (
    <Button
      key={format}
      href={address(`/api/report.${format}`, scope)}
      download
      data-testid={`download-${format}`}
      aria-label={t("report.download", { format: format.toUpperCase() })}
    >
      {format.toUpperCase()}
    </Button>
  ));
}

function Reader({ report }: { report: Report }) {
  const { t } = useLocale();
  const { get, set } = useScope();
  const wide = useMedia(WIDE);
  const chosen = readChosen(get("fig"));
  const origin = chosen && <Provenance of={chosen} />;
  return (
    <div className={styles.layout}>
      <Outline blocks={report.blocks} />
      <Sheet report={report} chosen={chosen} choose={(figure) => set({ fig: writeChosen(figure) })} />
      <aside className={`${styles.aside} no-print`}>
        {wide &&
          (origin ? (
            <Panel title={t("report.origin")}>{origin}</Panel>
          ) : (
            <p className={styles.hint}>{t("report.hint")}</p>
          ))}
        <Review report={report} />
      </aside>
      {!wide && (
        <Drawer
          open={chosen !== null}
          onClose={() => set({ fig: null }, { replace: true })}
          placement="bottom"
          size={340}
          title={t("report.origin")}
          destroyOnHidden
        >
          {origin}
        </Drawer>
      )}
    </div>
  );
}

const BETWEEN = "~";

function writeChosen({ indicator, org, period }: FigureRef): string {
  return [indicator, org, period].join(BETWEEN);
}

function readChosen(text: string | null): FigureRef | null {
  const [indicator, org, period] = text?.split(BETWEEN) ?? [];
  return indicator && org && period ? { indicator, org, period } : null;
}
