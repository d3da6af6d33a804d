/** A masked field, and the way to see it whole: a reason first, which the log keeps. */
import { useMutation } from "@tanstack/react-query";
import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { Refusal } from "@/api/client";
import { unmask } from "@/api/queries";
import { useLocale } from "@/locale";
import { useScope } from "@/view/scope";
import { useSession } from "@/view/session";
import styles from "./page.module.css";

type Props = { resident: string; field: string; masked: string };

const REASON = { min: 2, max: 200 } as const;

export function Masked({ resident, field, masked }: Props) {
  const { t } = useLocale();
  const { scope } = useScope();
  const { may } = useSession();
  const [asks, setAsks] = useState(false);
  const showing = useMutation({
    mutationFn: (typed: { reason: string }) =>
      unmask(scope.lang, { register: "resident", id: resident, field, reason: typed.reason }),
    onSuccess: () => setAsks(false),
  });
  if (showing.data) return <span data-testid={`whole-${field}`}>{showing.data.shown}</span>;
  return (
    <>
      {masked}
      {may("unmask") && masked && (
        <Button size="small" type="link" onClick={() => setAsks(true)} data-testid={`show-${field}`}>
          {t("mask.show")}
        </Button>
      )}
      <Modal
        open={asks}
        title={t("mask.title")}
        footer={null}
        onCancel={() => setAsks(false)}
        destroyOnHidden
      >
        <p className={styles.note}>{t("mask.why")}</p>
        <Form layout="vertical" requiredMark={false} onFinish={showing.mutate} data-testid="unmask">
          <Form.Item
            name="reason"
            label={t("mask.reason")}
            rules={[{ required: true, message: "", ...REASON }]}
          >
            <Input maxLength={REASON.max} autoFocus />
          </Form.Item>
          {showing.error && (
            <p role="alert">
              {showing.error instanceof Refusal ? showing.error.problem.what : t("state.unreachable")}
            </p>
          )}
          <Button type="primary" htmlType="submit" loading={showing.isPending}>
            {t("mask.do")}
          </Button>
        </Form>
      </Modal>
    </>
  );
}
