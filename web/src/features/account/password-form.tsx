/** The own password: the one now, the new one twice. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";
import { changePassword } from "@/api/queries";
import { useLocale } from "@/locale";
import styles from "./account.module.css";
import { Said } from "./said";

type Typed = { old: string; new: string; again: string };

export function PasswordForm() {
  const { t, lang } = useLocale();
  const client = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const changing = useMutation({
    mutationFn: (typed: Typed) => changePassword(lang, { old: typed.old, new: typed.new }),
    onSuccess: async () => {
      form.resetFields();
      await client.invalidateQueries();
    },
  });
  const required = { required: true, message: "" };
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={changing.mutate}
      className={styles.form}
      data-testid="password"
    >
      <Form.Item name="old" label={t("account.old")} rules={[required]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item name="new" label={t("account.new")} extra={t("account.rule")} rules={[required]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t("account.again")}
        dependencies={["new"]}
        rules={[
          required,
          ({ getFieldValue }) => ({
            validator: (_, again: string) =>
              again && again !== getFieldValue("new")
                ? Promise.reject(new Error(t("account.differs")))
                : Promise.resolve(),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Said error={changing.error} />
      {changing.isSuccess && <p role="status">{t("account.changed")}</p>}
      <Button type="primary" htmlType="submit" loading={changing.isPending}>
        {t("account.change")}
      </Button>
    </Form>
  );
}
