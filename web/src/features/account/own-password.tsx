/** A password that was handed over is changed before anything else is seen. */
import { useLocale } from "@/locale";
import { Card } from "./card";
import { PasswordForm } from "./password-form";

export function OwnPasswordFirst() {
  const { t } = useLocale();
  return (
    <Card title={t("account.restricted")} note={t("account.restricted_why")}>
      <PasswordForm />
    </Card>
  );
}
