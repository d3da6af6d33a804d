/** 我的账号: roles, password, one-time code, and where one is signed in. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { endSessions, ownSessionsQuery, sessionQuery, signOut } from "@/api/queries";
import type { OwnSession } from "@/api/types";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { QueryTable, type TableColumn } from "@/ui/query-table";
import { Empty, Region } from "@/ui/region";
import { useScope } from "@/view/scope";
import { useSession } from "@/view/session";
import styles from "./account.module.css";
import { FactorForm } from "./factor";
import { PasswordForm } from "./password-form";

const SKELETON_PX = 160;

export function AccountPage() {
  const { t, lang, pick } = useLocale();
  const { session } = useSession();
  const client = useQueryClient();
  const leaving = useMutation({ mutationFn: () => signOut(lang), onSuccess: () => client.resetQueries() });
  // A server without accounts has nothing to say here.
  if (!session.account) {
    return (
      <PageFrame title={t("page.account")} scope={[]}>
        <Panel title={t("page.account")}>
          <Empty why={t("account.open")} />
        </Panel>
      </PageFrame>
    );
  }
  return (
    <PageFrame
      title={t("page.account")}
      scope={[]}
      actions={
        <Button onClick={() => leaving.mutate()} loading={leaving.isPending} data-testid="sign-out">
          {t("sign.out")}
        </Button>
      }
    >
      <div className={styles.layout}>
        <Panel
          title={`${session.person ?? ""} ${session.account ?? ""}`}
          note={session.last_signed_in ? t("sign.last", { at: session.last_signed_in }) : t("sign.first")}
        >
          {session.roles.length === 0 ? (
            <Empty why={t("account.none")} />
          ) : (
            <ul className={styles.roles} aria-label={t("account.roles")}>
              {session.roles.map((role) => (
                <li key={`${role.role} ${role.org}`}>
                  {role.org_name} · {pick(role.title)}
                </li>
              ))}
            </ul>
          )}
        </Panel>
        <Panel title={t("account.password")}>
          <PasswordForm />
        </Panel>
        <Panel title={t("account.factor")}>
          <FactorForm />
        </Panel>
        <Sessions />
      </div>
    </PageFrame>
  );
}

const WIDTH = { at: 150, address: 140, act: 100 } as const;

function Sessions() {
  const { t } = useLocale();
  const { scope } = useScope();
  const client = useQueryClient();
  const query = useQuery(ownSessionsQuery(scope.lang));
  const ending = useMutation({
    mutationFn: (session: string | null) => endSessions(scope.lang, session),
    onSuccess: (_, session) =>
      client.invalidateQueries({ queryKey: session ? ["own-sessions"] : sessionQuery.queryKey }),
  });
  const columns: TableColumn<OwnSession>[] = [
    { key: "begun", title: t("account.begun"), width: WIDTH.at, render: (one) => one.begun_at },
    { key: "seen", title: t("account.seen"), width: WIDTH.at, render: (one) => one.seen_at },
    { key: "address", title: t("account.address"), width: WIDTH.address, render: (one) => one.address },
    { key: "browser", title: t("account.browser"), render: (one) => one.browser },
    {
      key: "act",
      title: t("account.end"),
      width: WIDTH.act,
      render: (one) =>
        one.is_this ? (
          t("account.this")
        ) : (
          <Button size="small" onClick={() => ending.mutate(one.id)}>
            {t("account.end")}
          </Button>
        ),
    },
  ];
  return (
    <Panel
      title={t("account.sessions")}
      flush
      actions={
        <Button size="small" onClick={() => ending.mutate(null)} loading={ending.isPending}>
          {t("account.end_all")}
        </Button>
      }
    >
      <Region query={query} height={SKELETON_PX}>
        {({ sessions }) => (
          <QueryTable
            label={t("account.sessions")}
            columns={columns}
            rows={sessions}
            rowKey={(one) => one.id}
            testId="session"
          />
        )}
      </Region>
    </Panel>
  );
}
