/** What surrounds a resident: care and contracts with their days, what is due, benefits paid, household, and who looked. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { aroundQuery, type Around as Found } from "@/api/around";
import { dueQuery } from "@/api/queries";
import { useLocale } from "@/locale";
import { Panel } from "@/ui/panel";
import { Empty, Region } from "@/ui/region";
import { StatusShape } from "@/ui/status-mark";
import { useWho } from "@/ui/who";
import { useScope } from "@/view/scope";
import { useSession } from "@/view/session";
import { taskQuery } from "@/view/task-way";
import styles from "./page.module.css";

const SKELETON_PX = 160;

export function Around({ id }: { id: string }) {
  const { scope } = useScope();
  const query = useQuery(aroundQuery(scope.lang, id));
  return (
    <div className={styles.around}>
      <Due id={id} />
      <Region query={query} height={SKELETON_PX}>
        {(found) => <Parts found={found} />}
      </Region>
    </div>
  );
}

function Due({ id }: { id: string }) {
  const { t, pick } = useLocale();
  const { scope, to } = useScope();
  const { may } = useSession();
  const query = useQuery(dueQuery(scope.lang, id));
  return (
    <Panel title={t("resident.due")}>
      <Region query={query} height={SKELETON_PX}>
        {({ tasks }) =>
          tasks.length === 0 ? (
            <Empty why={t("resident.due_none")} />
          ) : (
            <ul data-testid="resident-due">
              {tasks.map((task) => (
                <li key={`${task.task}/${task.id}/${task.due_on ?? task.due_at}`} className={styles.line}>
                  <StatusShape mark={task.window === "overdue" ? "late" : "none"} />{" "}
                  {task.enter && may("write_records") ? (
                    <Link to={to("/registers", taskQuery(task))} state={{ known: task.name }}>
                      {pick(task.title)}
                    </Link>
                  ) : (
                    pick(task.title)
                  )}{" "}
                  {task.due_on ?? task.due_at}
                </li>
              ))}
            </ul>
          )
        }
      </Region>
    </Panel>
  );
}

function Parts({ found }: { found: Found }) {
  const { t, pick } = useLocale();
  const { to } = useScope();
  const { actor, purpose } = useWho();
  return (
    <>
      <Panel title={t("resident.stays")}>
        {found.stays.length === 0 && <Empty why={t("resident.stays_none")} />}
        <ul data-testid="resident-stays">
          {found.stays.map((stay) => (
            <li key={`${stay.register}/${stay.id}`} className={styles.line}>
              <StatusShape mark={stay.is_open ? "doing" : "none"} />{" "}
              <Link to={to("/record", { register: stay.register, id: stay.id })}>{pick(stay.title)}</Link>{" "}
              {stay.status}{" "}
              <span className={styles.note}>
                {stay.until
                  ? t("resident.closed", { from: stay.from, until: stay.until })
                  : t("resident.open_since", { from: stay.from })}
              </span>
            </li>
          ))}
        </ul>
      </Panel>
      {found.household.length > 0 && (
        <Panel title={t("resident.household")}>
          <ul>
            {found.household.map((member) => (
              <li key={member.id}>
                <Link to={to("/resident", { id: member.id })}>{member.name_masked}</Link>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title={t("resident.benefits")}>
        {found.benefits.length === 0 && <Empty why={t("resident.benefits_none")} />}
        <ul data-testid="resident-benefits">
          {found.benefits.map((one) => (
            <li key={`${one.document}/${one.step}/${one.fund}`}>
              {one.on_date} {one.fund} <strong>{one.amount_shown}</strong>{" "}
              {one.is_reversed && t("resident.reversed")} <span className={styles.note}>{one.document}</span>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={t("resident.looks", { n: `${found.n_looks}` })}>
        {found.looks.length === 0 && <Empty why={t("resident.looks_none")} />}
        <ul data-testid="resident-looks">
          {found.looks.map((look, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two looks may be alike, and the list only grows at its head
            <li key={`${n} ${look.at}`}>
              {look.at} {actor(look.actor)} · {purpose(look.purpose ?? "view")}{" "}
              <span className={styles.note}>{pick(look.register)}</span>
            </li>
          ))}
        </ul>
      </Panel>
    </>
  );
}
