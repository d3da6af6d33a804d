/** 数据质量: a list of what to repair, most rows first; the share of sound records stands beside it. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link } from "react-router";
import { findingsQuery, qualityQuery } from "@/api/queries";
import type { Quality, Todo } from "@/api/types";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { Empty, Region } from "@/ui/region";
import { useScope } from "@/view/scope";
import styles from "./page.module.css";

const SKELETON_PX = 500;

export function QualityPage() {
  const { t } = useLocale();
  const { scope } = useScope();
  const query = useQuery(qualityQuery(scope));
  return (
    <PageFrame title={t("page.quality")} scope={["org", "as_of"]}>
      <Region query={query} height={SKELETON_PX}>
        {(quality) => (
          <div className={styles.layout}>
            <p className={styles.score} data-testid="score">
              {t("quality.score")} <strong>{quality.score ?? "—"}</strong>{" "}
              <span>{t("quality.of", { faulty: quality.faulty, records: quality.records })}</span>
            </p>
            <Panel title={t("quality.todo")} note={t("quality.todo_note")} flush>
              {quality.todo.length === 0 ? (
                <Empty why={t("quality.none")}>{t("quality.none_why")}</Empty>
              ) : (
                <ul className={styles.list} data-testid="todo">
                  {quality.todo.map((todo) => (
                    <TodoLine key={todo.rule} todo={todo} />
                  ))}
                </ul>
              )}
            </Panel>
            <Places places={quality.places} />
          </div>
        )}
      </Region>
    </PageFrame>
  );
}

function TodoLine({ todo }: { todo: Todo }) {
  const { t, pick } = useLocale();
  const { get, set } = useScope();
  const open = get("rule") === todo.rule;
  return (
    <li className={styles.todo} data-testid="todo-line" data-rule={todo.rule}>
      <div className={styles.head}>
        <strong>{todo.say}</strong>
        <span className={styles.n}>
          {todo.shown} {t("quality.rows")}
        </span>
      </div>
      <p className={styles.small}>
        {t(todo.level === "find" ? "quality.find" : "quality.refuse")} · {pick(todo.pack)} · {todo.why}
      </p>
      <p>
        {t("quality.do")}：{todo.do}
      </p>
      <Button onClick={() => set({ rule: open ? null : todo.rule }, { replace: true })}>
        {t(open ? "quality.hide" : "quality.show")}
      </Button>
      {open && <Rows rule={todo.rule} />}
    </li>
  );
}

function Rows({ rule }: { rule: string }) {
  const { t } = useLocale();
  const { scope, to } = useScope();
  const query = useInfiniteQuery(findingsQuery(scope, rule));
  const asked = { ...query, data: query.data?.pages };
  return (
    <Region query={asked} height={160}>
      {(pages) => {
        const rows = pages.flatMap((page) => page.findings);
        const total = pages[0]?.total ?? 0;
        return (
          <>
            <ul className={styles.rows} data-testid="findings">
              {rows.map((row) => (
                <li key={row.id} data-testid="finding">
                  <span>
                    {row.name ?? row.id} · {row.org_name} · {row.say}
                  </span>
                  {row.is_record && row.register && (
                    <Link className={styles.way} to={to("/record", { register: row.register, id: row.id })}>
                      {t("tasks.open_record")}
                    </Link>
                  )}
                </li>
              ))}
            </ul>
            {query.hasNextPage && (
              <Button block loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                {t("tasks.more", { n: String(total - rows.length) })}
              </Button>
            )}
          </>
        );
      }}
    </Region>
  );
}

function Places({ places }: { places: Quality["places"] }) {
  const { t } = useLocale();
  const { to } = useScope();
  if (places.length === 0) return null;
  return (
    <Panel title={t("quality.places")} flush>
      <table className={styles.places}>
        <thead>
          <tr>
            <th>{t("quality.org")}</th>
            <th>{t("quality.score")}</th>
            <th>{t("quality.faulty")}</th>
            <th>{t("quality.records")}</th>
          </tr>
        </thead>
        <tbody>
          {places.map((place) => (
            <tr key={place.org}>
              <td>
                <Link to={to("/quality", { org: place.org })}>{place.name}</Link>
              </td>
              <td>{place.score ?? "—"}</td>
              <td>{place.faulty}</td>
              <td>{place.records}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
