/** 筛查: each screening from the first step to the last; between two steps stands who was lost, and opens as names. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { funnelsQuery, lostQuery } from "@/api/queries";
import type { Funnel, FunnelStep } from "@/api/types";
import { useLocale } from "@/locale";
import { share, widest } from "@/ui/chart/scale";
import { CountedRows } from "@/ui/counted-rows";
import { FigureCell } from "@/ui/figure-cell";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { Empty, Region } from "@/ui/region";
import { useScope } from "@/view/scope";
import { useSession } from "@/view/session";
import styles from "./page.module.css";

const SKELETON_PX = 500;

export function FunnelsPage() {
  const { t } = useLocale();
  const { scope } = useScope();
  const query = useQuery(funnelsQuery(scope));
  return (
    <PageFrame title={t("page.funnels")} scope={["org", "period", "as_of"]}>
      <Region query={query} height={SKELETON_PX}>
        {({ funnels }) =>
          funnels.length === 0 ? (
            <Empty why={t("funnels.none_why")}>{t("funnels.none")}</Empty>
          ) : (
            <div className={styles.layout}>
              {funnels.map((funnel) => (
                <FunnelPanel key={funnel.id} funnel={funnel} />
              ))}
            </div>
          )
        }
      </Region>
    </PageFrame>
  );
}

function FunnelPanel({ funnel }: { funnel: Funnel }) {
  const { t, pick } = useLocale();
  const { get } = useScope();
  const scale = widest(funnel.steps.map((step) => step.figure.value));
  const chosen = get("funnel") === funnel.id ? get("step") : null;
  const opened = funnel.steps.find((step) => step.figure.indicator === chosen && step.lost !== null);
  return (
    <Panel title={pick(funnel.title)} note={t("funnels.note")}>
      <ol className={styles.steps} data-testid="funnel" data-funnel={funnel.id}>
        {funnel.steps.map((step) => (
          <Step key={step.figure.indicator} funnel={funnel} step={step} scale={scale} />
        ))}
      </ol>
      {opened && <Lost funnel={funnel} step={opened} />}
    </Panel>
  );
}

function Step({ funnel, step, scale }: { funnel: Funnel; step: FunnelStep; scale: number }) {
  const { t, pick } = useLocale();
  const { get, set } = useScope();
  const { may } = useSession();
  const id = step.figure.indicator;
  const isOpen = get("funnel") === funnel.id && get("step") === id;
  const lost = t("funnels.lost", { n: step.lost_shown ?? "" });
  const toggle = () =>
    set(isOpen ? { funnel: null, step: null } : { funnel: funnel.id, step: id }, { replace: true });
  return (
    <li data-testid="funnel-step" data-step={id}>
      <div className={styles.row}>
        <span className={styles.name}>{pick(step.figure.title)}</span>
        <span className={styles.axis}>
          <span className={styles.bar} style={{ width: `${share(step.figure.value, scale) * 100}%` }} />
        </span>
        <span className={styles.value}>
          <FigureCell figure={step.figure} />
        </span>
        <span className={styles.share}>
          {step.of_before && t("funnels.of_before", { share: step.of_before })}
        </span>
      </div>
      {step.lost !== null && step.lost > 0 && (
        <div className={styles.lost}>
          {may("see_people") ? (
            <Button
              type="link"
              onClick={toggle}
              aria-expanded={isOpen}
              data-testid="lost"
              data-lost={step.lost}
            >
              {lost} {isOpen ? "▴" : "▾"}
            </Button>
          ) : (
            <span data-testid="lost" data-lost={step.lost}>
              {lost}
            </span>
          )}
        </div>
      )}
    </li>
  );
}

function Lost({ funnel, step }: { funnel: Funnel; step: FunnelStep }) {
  const { t, pick } = useLocale();
  const { scope } = useScope();
  const query = useInfiniteQuery(lostQuery(scope, funnel.id, step.figure.indicator));
  const pages = query.data?.pages;
  const rows = pages?.flatMap((page) => page.rows) ?? [];
  const title = t("funnels.lost_after", { step: pick(step.figure.title) });
  return (
    <section className={styles.names} aria-label={title}>
      <h3>{title}</h3>
      <Region query={{ data: pages?.[0], error: query.error, refetch: query.refetch }} height={SKELETON_PX}>
        {(first) => (
          <>
            <p className={styles.total} data-testid="lost-total" data-total={first.total}>
              {t("rows.total", { total: first.total_shown })}
            </p>
            <CountedRows label={title} first={first} rows={rows} />
            {query.hasNextPage && (
              <Button loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                {t("rows.more")}
              </Button>
            )}
          </>
        )}
      </Region>
    </section>
  );
}
