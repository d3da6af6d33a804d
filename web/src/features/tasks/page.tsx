/** 任务: what is to be done, phone first: a list under the thumb, and how much each village has. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Segmented, Select } from "antd";
import { Link, useLocation } from "react-router";
import { tasksQuery } from "@/api/queries";
import type { Task, Tasks } from "@/api/types";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { Empty, Region } from "@/ui/region";
import { StatusShape } from "@/ui/status-mark";
import { PHONE, useMedia } from "@/view/media";
import { useScope } from "@/view/scope";
import { useSession } from "@/view/session";
import { type Told, taskQuery } from "@/view/task-way";
import styles from "./page.module.css";

const SKELETON_PX = 500;
/** More kinds than this are a list of their own. */
const FEW = 8;
const WINDOWS = ["", "waiting", "lapsed"] as const;

export function TasksPage() {
  const { t, pick, count } = useLocale();
  const phone = useMedia(PHONE);
  const { scope, get, set } = useScope();
  const task = get("task");
  const window = get("window");
  const query = useInfiniteQuery(tasksQuery(scope, { task, window }));
  const words = { "": t("tasks.due_now"), waiting: t("tasks.waiting"), lapsed: t("tasks.lapsed") };
  const asked = { ...query, data: query.data?.pages };
  return (
    <PageFrame title={t("page.tasks")} scope={["org", "as_of"]}>
      <Region query={asked} height={SKELETON_PX}>
        {(pages) => {
          const [first] = pages;
          if (!first) return null;
          const rows = pages.flatMap((page) => page.tasks);
          return (
            <div className={styles.layout}>
              <div className={`${styles.filters} no-print`}>
                <Segmented
                  aria-label={t("tasks.window")}
                  value={window ?? ""}
                  options={WINDOWS.map((value) => ({ value, label: words[value] }))}
                  onChange={(value) => set({ window: value || null })}
                />
                <Kinds kinds={first.kinds} chosen={task} choose={(next) => set({ task: next })} />
              </div>
              <Panel title={t("tasks.today")} note={t("tasks.total", { n: count(first.total) })} flush>
                {rows.length === 0 ? (
                  <Empty why={t("tasks.none")}>{t("tasks.none_why")}</Empty>
                ) : (
                  <ul className={styles.list} data-testid="tasks">
                    {rows.map((row) => (
                      <TaskLine key={`${row.task}/${row.id}/${row.due_on ?? row.due_at}`} row={row} />
                    ))}
                  </ul>
                )}
                {query.hasNextPage && (
                  <div className={styles.more}>
                    <Button block loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                      {t("tasks.more", { n: count(first.total - rows.length) })}
                    </Button>
                  </div>
                )}
              </Panel>
              <Places places={first.places} />
            </div>
          );
        }}
      </Region>
    </PageFrame>
  );

  function Kinds(props: {
    kinds: Tasks["kinds"];
    chosen: string | null;
    choose: (next: string | null) => void;
  }) {
    if (props.kinds.length < 2 && !props.chosen) return null;
    // Thirty kinds would push the list itself off the screen.
    if (phone || props.kinds.length > FEW) {
      const all = { value: "", label: t("tasks.all_kinds") };
      return (
        <Select
          aria-label={t("tasks.which")}
          value={props.chosen ?? ""}
          options={[
            all,
            ...props.kinds.map((kind) => ({
              value: kind.task,
              label: `${pick(kind.title)} ${count(kind.open + kind.overdue)}`,
            })),
          ]}
          className={styles.choice ?? ""}
          showSearch={{ optionFilterProp: "label" }}
          onChange={(next: string) => props.choose(next || null)}
        />
      );
    }
    return (
      <fieldset className={styles.kinds} aria-label={t("tasks.which")}>
        <Button size="small" type={props.chosen ? "default" : "primary"} onClick={() => props.choose(null)}>
          {t("tasks.all_kinds")}
        </Button>
        {props.kinds.map((kind) => (
          <Button
            key={kind.task}
            size="small"
            type={props.chosen === kind.task ? "primary" : "default"}
            onClick={() => props.choose(kind.task)}
          >
            {pick(kind.title)} {count(kind.open + kind.overdue)}
          </Button>
        ))}
      </fieldset>
    );
  }
}

function TaskLine({ row }: { row: Task }) {
  const { t, pick, count } = useLocale();
  const { to, scope } = useScope();
  const { may } = useSession();
  const { pathname, search } = useLocation();
  const told: Told = { known: row.name, back: `${pathname}${search}` };
  const late = row.window === "overdue" || row.window === "lapsed";
  const when = (row.due_on ?? row.due_at ?? "").slice(0, 16).replace("T", " ");
  const due = late
    ? row.days_late > 0
      ? t("tasks.overdue_by", { n: count(row.days_late) })
      : t("tasks.overdue_today")
    : row.window === "waiting" && row.opens_on
      ? t("tasks.opens", { day: row.opens_on })
      : t("tasks.due", { day: when });
  const shape = late ? "late" : row.priority === "urgent" ? "warn" : "none";
  const writes = row.enter && may("write_records") && !scope.as_of;
  return (
    <li
      className={styles.task}
      data-testid="task"
      data-task={row.task}
      data-about={row.id}
      data-window={row.window}
    >
      <StatusShape mark={shape} />
      <div className={styles.words}>
        <strong>
          {row.name ?? row.org_name} <span className={styles.kind}>{pick(row.title)}</span>
        </strong>
        <span className={late ? styles.late : styles.due}>
          {row.priority === "urgent" && <b>{t("tasks.urgent")} · </b>}
          {due} · {row.org_name}
          {row.note && ` · ${row.note}`}
        </span>
      </div>
      <span className={styles.ways}>
        {row.resident && (
          <Link
            className={styles.way}
            to={to("/resident", { id: row.resident, purpose: "follow_up" })}
            data-testid="task-person"
          >
            {t("tasks.open_person")}
          </Link>
        )}
        {writes && (
          <Link
            className={styles.way}
            to={to("/registers", taskQuery(row))}
            state={told}
            data-testid="task-write"
          >
            {t("tasks.write")}
          </Link>
        )}
      </span>
    </li>
  );
}

function Places({ places }: { places: Tasks["places"] }) {
  const { t, count } = useLocale();
  const { to } = useScope();
  const busy = places.filter((place) => place.open + place.overdue > 0);
  if (busy.length === 0) return null;
  return (
    <Panel title={t("tasks.by_place")} note={t("tasks.place_note")} flush>
      <table className={styles.places} data-testid="places">
        <thead>
          <tr>
            <th>{t("scope.org")}</th>
            <th>{t("tasks.overdue")}</th>
            <th>{t("tasks.open")}</th>
          </tr>
        </thead>
        <tbody>
          {busy.map((place) => (
            <tr key={place.org}>
              <td>
                <Link to={to("/tasks", { org: place.org })}>{place.name}</Link>
              </td>
              <td>{count(place.overdue)}</td>
              <td>{count(place.open)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
