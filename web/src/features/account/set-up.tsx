/** 首次启动: the three administrators are made, and two temporary passwords are shown once. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";
import { sessionQuery, setUp } from "@/api/queries";
import type { NewAdministrators } from "@/api/types";
import { type Key, useLocale } from "@/locale";
import styles from "./account.module.css";
import { Card } from "./card";
import { Said } from "./said";

const OTHERS: { key: "security" | "audit"; word: Key }[] = [
  { key: "security", word: "setup.security" },
  { key: "audit", word: "setup.audit" },
];

export function SetUpPage() {
  const { t, lang } = useLocale();
  const client = useQueryClient();
  const making = useMutation({ mutationFn: (typed: NewAdministrators) => setUp(lang, typed) });
  const form = Form.useForm<NewAdministrators>()[0];
  if (making.data) {
    const typed: NewAdministrators = form.getFieldsValue(true);
    return (
      <Card title={t("setup.done")} note={t("setup.done_why")}>
        <dl className={styles.handed} data-testid="handed">
          <dt>{typed.security.account}</dt>
          <dd>{making.data.security_password}</dd>
          <dt>{typed.audit.account}</dt>
          <dd>{making.data.audit_password}</dd>
        </dl>
        <Button
          type="primary"
          block
          onClick={() => client.invalidateQueries({ queryKey: sessionQuery.queryKey })}
        >
          {t("setup.go")}
        </Button>
      </Card>
    );
  }
  return (
    <Card title={t("setup.title")} note={t("setup.why")}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={making.mutate} data-testid="set-up">
        <Form.Item
          name="code"
          label={t("setup.code")}
          extra={t("setup.code_hint")}
          rules={[{ required: true, message: "" }]}
        >
          <Input autoComplete="off" autoCapitalize="none" spellCheck={false} autoFocus />
        </Form.Item>
        <Who of="system" title={t("setup.system")} />
        <Form.Item
          name="password"
          label={t("sign.password")}
          extra={t("account.rule")}
          rules={[{ required: true, message: "" }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        {OTHERS.map(({ key, word }) => (
          <Who key={key} of={key} title={t(word)} />
        ))}
        <Said error={making.error} />
        <Button type="primary" htmlType="submit" block loading={making.isPending}>
          {t("setup.do")}
        </Button>
      </Form>
    </Card>
  );
}

function Who({ of, title }: { of: "system" | "security" | "audit"; title: string }) {
  const { t } = useLocale();
  return (
    <fieldset className={styles.who}>
      <legend>{title}</legend>
      <Form.Item name={[of, "account"]} label={t("sign.account")} rules={[{ required: true, message: "" }]}>
        <Input autoComplete="off" autoCapitalize="none" spellCheck={false} />
      </Form.Item>
      <Form.Item name={[of, "person"]} label={t("setup.person")} rules={[{ required: true, message: "" }]}>
        <Input autoComplete="off" />
      </Form.Item>
    </fieldset>
  );
}
