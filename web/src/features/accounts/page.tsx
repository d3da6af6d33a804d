/** 账号管理: the system administrator makes accounts, the security administrator lets them in. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, Modal, Popconfirm } from "antd";
import { useState } from "react";
import { Refusal } from "@/api/client";
import { type AccountAct, accountsQuery, actOnAccount, createAccount, grantRoles } from "@/api/queries";
import type { AccountLine, Accounts, Grant } from "@/api/types";
import { type Key, useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { QueryTable, type TableColumn } from "@/ui/query-table";
import { Empty, Region } from "@/ui/region";
import { useScope } from "@/view/scope";
import { useSession } from "@/view/session";
import styles from "./page.module.css";
import { RolesField } from "./roles-field";

const SKELETON_PX = 320;

type Handed = { account: string; password: string };

export function AccountsPage() {
  const { t } = useLocale();
  const { scope } = useScope();
  const { may } = useSession();
  const query = useQuery(accountsQuery(scope.lang));
  const [makes, setMakes] = useState(false);
  const [handed, setHanded] = useState<Handed | null>(null);
  return (
    <PageFrame
      title={t("page.accounts")}
      scope={[]}
      actions={
        may("manage_accounts") && (
          <Button type="primary" onClick={() => setMakes(true)} data-testid="new-account">
            {t("accounts.new")}
          </Button>
        )
      }
    >
      <Region query={query} height={SKELETON_PX}>
        {(all) => (
          <>
            <Panel title={t("accounts.list")} note={t("accounts.rule")} flush>
              <List all={all} onHanded={setHanded} />
            </Panel>
            <Making all={all} open={makes} onClose={() => setMakes(false)} onHanded={setHanded} />
          </>
        )}
      </Region>
      <Modal
        open={handed !== null}
        title={t("accounts.temporary", { account: handed?.account ?? "" })}
        onCancel={() => setHanded(null)}
        footer={<Button onClick={() => setHanded(null)}>{t("accounts.noted")}</Button>}
      >
        <p>{t("accounts.temporary_why")}</p>
        <p className={styles.password} data-testid="temporary">
          {handed?.password}
        </p>
      </Modal>
    </PageFrame>
  );
}

const WIDTH = { account: 140, person: 120, state: 100, sessions: 70 } as const;

const STATE: Record<AccountLine["state"], Key> = {
  waiting: "accounts.waiting",
  active: "accounts.active",
  stopped: "accounts.stopped",
};

function List({ all, onHanded }: { all: Accounts; onHanded: (handed: Handed) => void }) {
  const { t, pick } = useLocale();
  const { scope } = useScope();
  const client = useQueryClient();
  const [granted, setGranted] = useState<AccountLine | null>(null);
  const acting = useMutation({
    mutationFn: ({ act, account }: { act: AccountAct; account: string }) =>
      actOnAccount(scope.lang, act, account),
    onSuccess: async ({ password }, { account }) => {
      if (password) onHanded({ account, password });
      await client.invalidateQueries({ queryKey: ["accounts"] });
    },
  });
  const columns: TableColumn<AccountLine>[] = [
    { key: "account", title: t("sign.account"), width: WIDTH.account, render: (line) => line.account },
    { key: "person", title: t("setup.person"), width: WIDTH.person, render: (line) => line.person },
    { key: "state", title: t("accounts.state"), width: WIDTH.state, render: (line) => t(STATE[line.state]) },
    {
      key: "roles",
      title: t("account.roles"),
      render: (line) => line.roles.map((role) => `${role.org_name} · ${pick(role.title)}`).join("，"),
    },
    {
      key: "sessions",
      title: t("accounts.sessions"),
      width: WIDTH.sessions,
      align: "right",
      render: (line) => line.sessions,
    },
    {
      key: "acts",
      title: "",
      render: (line) => (
        <Acts
          line={line}
          act={(act) => acting.mutate({ act, account: line.account })}
          grant={() => setGranted(line)}
        />
      ),
    },
  ];
  if (all.accounts.length === 0) return <Empty why={t("accounts.empty")} />;
  return (
    <>
      {acting.error && <Refused error={acting.error} />}
      <QueryTable
        label={t("accounts.list")}
        columns={columns}
        rows={all.accounts}
        rowKey={(line) => line.account}
        testId="account-line"
      />
      {granted && <Granting all={all} line={granted} onClose={() => setGranted(null)} />}
    </>
  );
}

/** What this administrator may do to an account; never to the own one. */
function Acts({
  line,
  act,
  grant,
}: {
  line: AccountLine;
  act: (act: AccountAct) => void;
  grant: () => void;
}) {
  const { t } = useLocale();
  const { session, may } = useSession();
  if (line.account === session.account) return null;
  const sure = t("accounts.sure", { account: line.account });
  const button = (does: AccountAct, word: Key) => (
    <Popconfirm
      key={does}
      title={sure}
      onConfirm={() => act(does)}
      okText={t(word)}
      cancelText={t("accounts.cancel")}
    >
      <Button size="small">{t(word)}</Button>
    </Popconfirm>
  );
  return (
    <div className={styles.acts}>
      {may("grant_roles") && line.state !== "active" && button("activate", "accounts.activate")}
      {may("grant_roles") && (
        <Button size="small" onClick={grant}>
          {t("accounts.grant")}
        </Button>
      )}
      {may("grant_roles") && button("password", "accounts.reset")}
      {may("grant_roles") && line.has_factor && button("factor", "accounts.reset_factor")}
      {may("manage_accounts") && line.sessions > 0 && button("sign-out", "accounts.sign_out")}
      {may("manage_accounts") && line.state !== "stopped" && button("stop", "accounts.stop")}
    </div>
  );
}

type Making = { all: Accounts; open: boolean; onClose: () => void; onHanded: (handed: Handed) => void };
type Typed = { account: string; person: string; grants: Grant[] };

function Making({ all, open, onClose, onHanded }: Making) {
  const { t } = useLocale();
  const { scope } = useScope();
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: (typed: Typed) => createAccount(scope.lang, typed),
    onSuccess: async ({ password }, { account }) => {
      onClose();
      onHanded({ account, password });
      await client.invalidateQueries({ queryKey: ["accounts"] });
    },
  });
  const required = [{ required: true, message: "" }];
  return (
    <Modal open={open} title={t("accounts.new")} footer={null} onCancel={onClose} destroyOnHidden>
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={{ grants: [{}] }}
        onFinish={making.mutate}
        data-testid="making"
      >
        <Form.Item name="account" label={t("sign.account")} rules={required}>
          <Input autoComplete="off" autoCapitalize="none" spellCheck={false} autoFocus />
        </Form.Item>
        <Form.Item name="person" label={t("setup.person")} rules={required}>
          <Input autoComplete="off" />
        </Form.Item>
        <RolesField all={all} />
        {making.error && <Refused error={making.error} />}
        <Button type="primary" htmlType="submit" loading={making.isPending}>
          {t("accounts.create")}
        </Button>
      </Form>
    </Modal>
  );
}

function Granting({ all, line, onClose }: { all: Accounts; line: AccountLine; onClose: () => void }) {
  const { t } = useLocale();
  const { scope } = useScope();
  const client = useQueryClient();
  const granting = useMutation({
    mutationFn: ({ grants }: { grants: Grant[] }) => grantRoles(scope.lang, line.account, grants),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ["accounts"] });
    },
  });
  const grants = line.roles.map(({ role, org }) => ({ role, org }));
  return (
    <Modal open title={`${t("accounts.grant")} · ${line.account}`} footer={null} onCancel={onClose}>
      <Form layout="vertical" requiredMark={false} initialValues={{ grants }} onFinish={granting.mutate}>
        <RolesField all={all} />
        {granting.error && <Refused error={granting.error} />}
        <Button type="primary" htmlType="submit" loading={granting.isPending}>
          {t("accounts.save")}
        </Button>
      </Form>
    </Modal>
  );
}

function Refused({ error }: { error: Error }) {
  const { t } = useLocale();
  const problem = error instanceof Refusal && error.status > 0 ? error.problem : null;
  return (
    <p role="alert" className={styles.refused}>
      {problem ? `${problem.what}。${problem.next}` : t("state.unreachable")}
    </p>
  );
}
