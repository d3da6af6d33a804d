/** The one-time code: scanned once, tried once, asked for from then on. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, QRCode } from "antd";
import { confirmFactor, sessionQuery, wantFactor } from "@/api/queries";
import { useLocale } from "@/locale";
import { useSession } from "@/view/session";
import styles from "./account.module.css";
import { Said } from "./said";

const QR_PX = 176;

export function FactorForm() {
  const { t, lang } = useLocale();
  const { session } = useSession();
  const client = useQueryClient();
  const wanting = useMutation({ mutationFn: () => wantFactor(lang) });
  const confirming = useMutation({
    mutationFn: (typed: { code: string }) => confirmFactor(lang, typed.code),
    onSuccess: async () => {
      wanting.reset();
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
  if (!wanting.data) {
    return (
      <div className={styles.form}>
        <p>{t(session.has_factor ? "account.factor_on" : "account.factor_off")}</p>
        <Said error={wanting.error} />
        <Button onClick={() => wanting.mutate()} loading={wanting.isPending}>
          {t(session.has_factor ? "account.factor_renew" : "account.factor_do")}
        </Button>
      </div>
    );
  }
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      onFinish={confirming.mutate}
      className={styles.form}
      data-testid="factor"
    >
      <p>{t("account.factor_scan")}</p>
      <QRCode value={wanting.data.address} size={QR_PX} type="svg" color="#000000" bgColor="#ffffff" />
      <code className={styles.secret} data-testid="secret">
        {wanting.data.secret}
      </code>
      <Form.Item name="code" label={t("sign.code")} rules={[{ required: true, message: "" }]}>
        <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} />
      </Form.Item>
      <Said error={confirming.error} />
      <Button type="primary" htmlType="submit" loading={confirming.isPending}>
        {t("account.factor_confirm")}
      </Button>
    </Form>
  );
}
