/** 登录: account, password, and the one-time code on the same card when the account has one. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";
import { useEffect } from "react";
import { Refusal } from "@/api/client";
import { sessionQuery, signIn } from "@/api/queries";
import { useLocale } from "@/locale";
import { useSession } from "@/view/session";
import styles from "./account.module.css";
import { Card } from "./card";
import { Said } from "./said";

type Typed = { account: string; password: string; code?: string };

export function SignInPage() {
  const { t, lang } = useLocale();
  const { session } = useSession();
  const client = useQueryClient();
  const entering = useMutation({
    mutationFn: (typed: Typed) => signIn(lang, typed),
    onSuccess: async () => {
      // Nothing that somebody else saw here stays in this page.
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionQuery.queryKey[0] });
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
  const code = entering.error instanceof Refusal ? entering.error.problem.code : "";
  const asksCode = ["needs-code", "wrong-code"].includes(code);
  useEffect(() => {
    document.title = t("sign.title");
  }, [t]);
  return (
    <Card title={t("sign.title")}>
      <Form layout="vertical" requiredMark={false} onFinish={entering.mutate} data-testid="sign-in">
        <Form.Item name="account" label={t("sign.account")} rules={[{ required: true, message: "" }]}>
          <Input autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus />
        </Form.Item>
        <Form.Item name="password" label={t("sign.password")} rules={[{ required: true, message: "" }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        {asksCode && (
          <Form.Item name="code" label={t("sign.code")} extra={t("sign.code_hint")}>
            <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} autoFocus />
          </Form.Item>
        )}
        {code !== "needs-code" && <Said error={entering.error} />}
        <Button type="primary" htmlType="submit" block loading={entering.isPending}>
          {t("sign.in")}
        </Button>
      </Form>
      <p className={styles.note}>{t(session.is_secure ? "sign.secure" : "sign.plain")}</p>
      <p className={styles.note}>{t("sign.forgot")}</p>
    </Card>
  );
}
