/**
 * The frame of a page: its name, the scope it is about, its actions, and the band that says a past moment is shown.
 *
 * Scope controls write to the URL; the frame holds nothing itself.
 */
import { Button } from "antd";
import { type ReactNode, useEffect } from "react";
import { useLocale } from "@/locale";
import { useCounty } from "@/view/county";
import { useScope } from "@/view/scope";
import { useTopBar } from "@/view/top-bar";
import { AsOf } from "./as-of";
import { PrintIcon } from "./icons";
import { OrgPicker } from "./org-picker";
import styles from "./page-frame.module.css";
import { PeriodPicker } from "./period-picker";
import { TreePicker } from "./tree-picker";

export type ScopePart = "org" | "period" | "tree" | "as_of";

type Props = {
  title: string;
  scope: ScopePart[];
  actions?: ReactNode;
  /** The report prints its own head. */
  printHead?: boolean;
  children: ReactNode;
};

export function PageFrame({ title, scope: parts, actions, printHead = true, children }: Props) {
  const { t, pick } = useLocale();
  const { scope, set } = useScope();
  const county = useCounty();
  const topBar = useTopBar();
  const org = scope.org ?? county?.orgs.find((one) => one.parent === null)?.id ?? "";
  const period = scope.period ?? county?.period ?? "";

  useEffect(() => {
    document.title = county ? `${title} · ${pick(county.title)}` : title;
  }, [title, county, pick]);

  return (
    <>
      <header className={`${styles.head} no-print`}>
        <h1>{title}</h1>
        {county && parts.length > 0 && (
          <div className={styles.scope}>
            {parts.includes("org") && (
              <OrgPicker orgs={county.orgs} value={org} onChange={(next) => set({ org: next })} />
            )}
            {parts.includes("period") && (
              <PeriodPicker
                periods={county.periods}
                value={period}
                onChange={(next) => set({ period: next })}
              />
            )}
            {parts.includes("tree") && (
              <TreePicker
                trees={county.trees}
                tree={scope.tree ?? null}
                standing={scope.standing ?? null}
                onChange={set}
              />
            )}
            {parts.includes("as_of") && (
              <AsOf value={scope.as_of ?? null} onChange={(day) => set({ as_of: day })} />
            )}
          </div>
        )}
        <div className={styles.search}>{topBar}</div>
        <div className={styles.actions}>
          {actions}
          <span className={styles.print}>
            <Button icon={<PrintIcon />} onClick={() => window.print()}>
              {t("action.print")}
            </Button>
          </span>
        </div>
      </header>
      {scope.as_of && (
        <div className={styles.past} role="status">
          {t("scope.past", { day: scope.as_of })}
          <Button size="small" onClick={() => set({ as_of: null })}>
            {t("scope.back_to_now")}
          </Button>
        </div>
      )}
      {printHead && county && (
        <div className={styles.printHead}>
          <strong>
            {pick(county.title)} · {title}
          </strong>
          <span>
            {t("scope.period")} {period} · {t("scope.as_of")} {scope.as_of ?? county.as_of}
          </span>
        </div>
      )}
      <main className={styles.body}>{children}</main>
    </>
  );
}
