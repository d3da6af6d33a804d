/** Who wrote or looked, and why: an account as it is, and the words of the program in the language of the page. */
import { type Key, useLocale } from "@/locale";

const ACTORS: Record<string, Key> = {
  demo: "who.open",
  synth: "who.invented",
  office: "who.office",
  console: "who.console",
};

const PURPOSES: Record<string, Key> = {
  view: "purpose.view",
  review: "purpose.review",
  follow_up: "purpose.follow_up",
  settlement: "purpose.settlement",
};

const UNMASK = /^unmask (\w+): (.*)$/;

const FIELDS: Record<string, Key> = {
  citizen_id: "resident.citizen_id",
  name: "field.name",
  phone: "field.phone",
};

export function useWho() {
  const { t } = useLocale();
  const said = (words: Record<string, Key>, word: string) => {
    const key = words[word];
    return key ? t(key) : word;
  };
  return {
    actor: (word: string) => said(ACTORS, word),
    purpose: (word: string) => {
      const [, field, reason] = UNMASK.exec(word) ?? [];
      if (!field) return said(PURPOSES, word);
      return t("purpose.unmask", { field: said(FIELDS, field), reason: reason ?? "" });
    },
  };
}
