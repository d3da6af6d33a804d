/** 指标: every figure of the county, grouped by pack, found by name. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Input, type InputRef } from "antd";
import { type ReactNode, useEffect, useRef } from "react";
import { useNavigate } from "react-router";
import { indicatorsQuery } from "@/api/queries";
import type { Figure, Indicators, Text } from "@/api/types";
import { useLocale } from "@/locale";
import { FigureCell, figureQueryOf } from "@/ui/figure-cell";
import { FigureChange } from "@/ui/figure-change";
import { targetText } from "@/ui/figure-origin";
import { PageFrame } from "@/ui/page-frame";
import { QueryTable, type TableColumn } from "@/ui/query-table";
import { Empty, Region } from "@/ui/region";
import { StatusMark, statusWord } from "@/ui/status-mark";
import { useScope } from "@/view/scope";
import styles from "./page.module.css";

const SKELETON_PX = 600;

/** The groups whose pack or figures match every word typed; without words, all of them. */
export function matching(groups: Indicators["groups"], words: string): Indicators["groups"] {
  const wanted = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return groups;
  const has = (text: string) => wanted.every((word) => text.toLowerCase().includes(word));
  return groups.flatMap((group) => {
    const figures = group.figures.filter((figure) =>
      has(`${group.title.zh} ${group.title.en} ${figure.title.zh} ${figure.title.en} ${figure.indicator}`),
    );
    return figures.length > 0 ? [{ ...group, figures }] : [];
  });
}

export function IndicatorsPage() {
  const { t } = useLocale();
  const { scope, get, set } = useScope();
  const query = useQuery({ ...indicatorsQuery(scope), placeholderData: keepPreviousData });
  const search = get("q") ?? "";
  const box = useRef<InputRef>(null);

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input,textarea");
      if (event.key !== "/" || typing) return;
      event.preventDefault();
      box.current?.focus();
    };
    window.addEventListener("keydown", focus);
    return () => window.removeEventListener("keydown", focus);
  }, []);

  return (
    <PageFrame title={t("page.indicators")} scope={["org", "period", "tree", "as_of"]}>
      <Region query={query} height={SKELETON_PX}>
        {(indicators) => {
          const groups = matching(indicators.groups, search);
          return (
            <div className={styles.layout}>
              <div className={`${styles.filter} no-print`}>
                <Input
                  ref={box}
                  allowClear
                  placeholder={t("indicators.search")}
                  aria-label={t("indicators.search")}
                  value={search}
                  onChange={(event) => set({ q: event.target.value }, { replace: true })}
                />
              </div>
              <section className={styles.sheet}>
                {groups.length === 0 ? (
                  <Empty why={t("indicators.none")}>
                    <Button onClick={() => set({ q: null })}>{t("action.clear_filter")}</Button>
                  </Empty>
                ) : (
                  <Figures groups={groups} />
                )}
              </section>
            </div>
          );
        }}
      </Region>
    </PageFrame>
  );
}

const WIDTH = { value: 170, target: 120, status: 110, change: 170, cut_off: 130 } as const;

type Line = { head: Text; figure: null; key: string } | { head: null; figure: Figure; key: string };

function Figures({ groups }: { groups: Indicators["groups"] }) {
  const { t, pick } = useLocale();
  const { to } = useScope();
  const navigate = useNavigate();
  const lines: Line[] = groups.flatMap((group) => [
    { head: group.title, figure: null, key: `pack ${group.pack}` },
    ...group.figures.map((figure) => ({ head: null, figure, key: figure.indicator })),
  ]);
  const of = (show: (figure: Figure) => ReactNode) => (line: Line) => line.figure && show(line.figure);
  const columns: TableColumn<Line>[] = [
    {
      key: "title",
      title: t("figure.indicator"),
      render: (line) => pick(line.head ?? line.figure.title),
    },
    {
      key: "value",
      title: t("figure.value"),
      align: "right",
      width: WIDTH.value,
      render: of((figure) => <FigureCell figure={figure} />),
    },
    {
      key: "target",
      title: t("figure.target"),
      align: "right",
      width: WIDTH.target,
      render: of(({ target }) => (target ? targetText(target) : "—")),
    },
    {
      key: "status",
      title: t("figure.status"),
      width: WIDTH.status,
      render: of(({ status, target }) => <StatusMark mark={status} word={statusWord(status, target)} />),
    },
    {
      key: "change",
      title: t("figure.change"),
      align: "right",
      width: WIDTH.change,
      render: of(({ change }) => (change ? <FigureChange change={change} bare /> : "—")),
    },
    {
      key: "cut_off",
      title: t("figure.cut_off"),
      align: "right",
      width: WIDTH.cut_off,
      render: of((figure) => figure.cut_off),
    },
  ];
  return (
    <QueryTable
      label={t("page.indicators")}
      columns={columns}
      rows={lines}
      rowKey={(line) => line.key}
      testId="indicator-row"
      sticks
      heads={(line) => line.figure === null}
      onOpen={(line) => line.figure && navigate(to("/figure", figureQueryOf(line.figure)))}
    />
  );
}
