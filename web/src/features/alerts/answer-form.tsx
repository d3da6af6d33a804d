/** What came of an alert and what was done: written as a record, which closes the alert. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, Radio } from "antd";
import { answerAlert } from "@/api/queries";
import type { Alerts } from "@/api/types";
import { useLocale } from "@/locale";
import { Refused } from "@/ui/region";
import styles from "./page.module.css";

type Typed = { outcome: string; remark: string };

export function AnswerForm({ alert, outcomes }: { alert: string; outcomes: Alerts["outcomes"] }) {
  const { t, lang, pick } = useLocale();
  const client = useQueryClient();
  const answering = useMutation({
    mutationFn: (typed: Typed) => answerAlert(lang, { alert, ...typed }),
    onSuccess: () => client.invalidateQueries(),
  });
  const required = { required: true, message: "" };
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      onFinish={answering.mutate}
      className={styles.form}
      data-testid="answer"
    >
      <Form.Item name="outcome" label={t("alerts.outcome")} rules={[required]}>
        <Radio.Group
          options={outcomes.map(({ outcome, title }) => ({ value: outcome, label: pick(title) }))}
        />
      </Form.Item>
      <Form.Item
        name="remark"
        label={t("alerts.remark")}
        extra={t("alerts.remark_hint")}
        rules={[{ ...required, whitespace: true }]}
      >
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} />
      </Form.Item>
      {answering.error && <Refused error={answering.error} retry={() => answering.reset()} />}
      <Button type="primary" htmlType="submit" loading={answering.isPending}>
        {t("alerts.write")}
      </Button>
    </Form>
  );
}
