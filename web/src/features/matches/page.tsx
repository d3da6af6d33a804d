/** 查重合并: two records that may be one person, side by side, and somebody's verdict. Looking is audited. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useState } from "react";
import { decideMatch, matchesQuery, matchStateQuery, type NewDecision, renewMatches } from "@/api/queries";
import type { Matches } from "@/api/types";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { Empty, Refused, Region } from "@/ui/region";
import { useScope } from "@/view/scope";
import { Decisions, Undo } from "./decisions";
import styles from "./page.module.css";
import { Pair } from "./pair";

const SKELETON_PX = 460;

export function MatchesPage() {
  const { t } = useLocale();
  const { scope, get } = useScope();
  const query = useQuery({ ...matchesQuery(scope.lang, get("after")), placeholderData: keepPreviousData });
  const renew = useMutation({
    mutationFn: () => renewMatches(scope.lang),
    onSettled: () => query.refetch(),
  });
  const working = query.data?.is_working === true;
  const state = useQuery({ ...matchStateQuery(scope.lang), enabled: working });
  // Every answer that says so counts: the first may be of the comparison before.
  const finishedAt = working && state.data?.is_working === false ? state.dataUpdatedAt : 0;
  const { refetch } = query;
  useEffect(() => {
    if (finishedAt > 0) void refetch();
  }, [finishedAt, refetch]);
  return (
    <PageFrame
      title={t("page.matches")}
      scope={[]}
      actions={
        <Button onClick={() => renew.mutate()} disabled={working} data-testid="renew">
          {t("matches.renew")}
        </Button>
      }
    >
      {renew.error && <Refused error={renew.error} retry={() => renew.mutate()} />}
      <Region query={query} height={SKELETON_PX}>
        {(matches) => <Review matches={matches} />}
      </Region>
    </PageFrame>
  );
}

/** What was decided a moment ago. */
type Done = { id: string; a: string; b: string; verdict: NewDecision["verdict"] };

function Review({ matches }: { matches: Matches }) {
  const { t } = useLocale();
  const { scope, set } = useScope();
  const client = useQueryClient();
  const [done, setDone] = useState<Done | null>(null);
  const [undone, setUndone] = useState(false);
  const decide = useMutation({
    mutationFn: (decision: NewDecision) => decideMatch(scope.lang, decision),
    onSuccess: ({ decision }, { resident, other, verdict }) => {
      setDone({ id: decision, a: resident, b: other, verdict });
      setUndone(false);
      // A merge changes figures too.
      return client.invalidateQueries();
    },
  });
  const undo = () => {
    setDone(null);
    setUndone(true);
    return client.invalidateQueries();
  };
  const verdict = done?.verdict === "same" ? t("matches.is_same") : t("matches.is_different");
  const [pair] = matches.pairs;

  return (
    <div className={styles.layout}>
      <p className={styles.moment} role="status" data-testid="moment" data-working={matches.is_working}>
        {matches.known_at && (
          <>
            {t("matches.moment", { moment: matches.known_at, people: matches.n_people_shown })} ·{" "}
            {t("matches.left", { n: matches.n_left_shown })}
          </>
        )}{" "}
        {matches.is_working && t("matches.working")}
      </p>
      {decide.error && <Refused error={decide.error} retry={() => decide.reset()} />}
      {(done || undone) && (
        <p className={styles.done} role="status" data-testid="done">
          {done ? t("matches.decided", { a: done.a, b: done.b, verdict }) : t("matches.undone")}
          {done && <Undo id={done.id} onDone={undo} />}
        </p>
      )}
      {pair ? (
        <Pair
          key={`${pair.resident}~${pair.other}`}
          pair={pair}
          mayDecide={matches.may_decide}
          waiting={decide.isPending}
          onDecide={(chosen) => decide.mutate(chosen)}
          onSkip={() => set({ after: `${pair.resident}~${pair.other}` })}
        />
      ) : (
        matches.known_at && (
          <Panel title={t("page.matches")}>
            {matches.n_left > 0 ? (
              <Empty why={t("matches.passed", { n: matches.n_left_shown })}>
                <Button onClick={() => set({ after: null })}>{t("matches.back")}</Button>
              </Empty>
            ) : (
              <Empty why={t("matches.none")} />
            )}
          </Panel>
        )
      )}
      <Decisions decisions={matches.decisions} mayUndo={matches.may_decide} onUndone={undo} />
    </div>
  );
}
