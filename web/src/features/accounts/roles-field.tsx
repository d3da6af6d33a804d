/** Roles and the organisations they are held for, as lines of a form. */
import { Button, Form, Select } from "antd";
import type { Accounts } from "@/api/types";
import { useLocale } from "@/locale";
import styles from "./page.module.css";

export function RolesField({ all }: { all: Accounts }) {
  const { t, pick } = useLocale();
  const roles = all.roles.map(({ role, title }) => ({ value: role, label: pick(title) }));
  const names = new Map(all.orgs.map((org) => [org.id, org.name]));
  const orgs = all.orgs.map((org) => {
    const above = names.get(org.parent ?? "");
    return { value: org.id, label: above ? `${org.name}（${above}）` : org.name };
  });
  const required = [{ required: true, message: "" }];
  return (
    <Form.List name="grants">
      {(lines, { add, remove }) => (
        <>
          {lines.map((line) => (
            <div key={line.key} className={styles.grant}>
              <Form.Item name={[line.name, "role"]} label={t("accounts.role")} rules={required}>
                <Select options={roles} />
              </Form.Item>
              <Form.Item name={[line.name, "org"]} label={t("accounts.org")} rules={required}>
                <Select options={orgs} showSearch={{ optionFilterProp: "label" }} />
              </Form.Item>
              {lines.length > 1 && (
                <Button onClick={() => remove(line.name)} aria-label={t("accounts.cancel")}>
                  ×
                </Button>
              )}
            </div>
          ))}
          <Form.Item>
            <Button size="small" onClick={() => add({})}>
              {t("accounts.add_role")}
            </Button>
          </Form.Item>
        </>
      )}
    </Form.List>
  );
}
