/**
 * The words of the application in the language of the page.
 *
 * `t` gives the application's own words; `pick` chooses from a text the server sent in both languages.
 */
import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Text } from "@/api/types";
import { en } from "./en";
import { zh } from "./zh";

export type Lang = "zh" | "en";
export type Key = keyof typeof zh;
export type Translate = (key: Key, values?: Record<string, string>) => string;

const WORDS: Record<Lang, Record<Key, string>> = { zh, en };

export function translator(lang: Lang): Translate {
  return (key, values) => {
    const text = WORDS[lang][key];
    return values ? text.replace(/\{(\w+)\}/g, (slot, name: string) => values[name] ?? slot) : text;
  };
}

type Locale = {
  lang: Lang;
  t: Translate;
  pick: (text: Text) => string;
  /** A whole number with its commas. */
  count: (n: number) => string;
};

const COMMAS = new Intl.NumberFormat("en-US");

function localeOf(lang: Lang): Locale {
  return {
    lang,
    t: translator(lang),
    pick: (text) => text[lang] || text.zh,
    count: (n) => COMMAS.format(n),
  };
}

const LocaleContext = createContext<Locale>(localeOf("zh"));

export function LocaleProvider({ lang, children }: { lang: Lang; children: ReactNode }) {
  const locale = useMemo(() => localeOf(lang), [lang]);
  return <LocaleContext.Provider value={locale}>{children}</LocaleContext.Provider>;
}

export const useLocale = () => useContext(LocaleContext);
