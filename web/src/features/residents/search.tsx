/**
 * 找居民: a few words into the top bar, and the people they fit, masked.
 *
 * Asked a moment after the last key; chosen by arrow keys and Enter. The words never reach an address, and whoever is
 * chosen opens with the question for a purpose.
 */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { AutoComplete, Input, type RefSelectProps } from "antd";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { residentsQuery } from "@/api/queries";
import type { FoundResident } from "@/api/types";
import { useLocale } from "@/locale";
import { Refused } from "@/ui/region";
import { PHONE, useMedia } from "@/view/media";
import { useScope } from "@/view/scope";
import styles from "./search.module.css";

/** After the last key, so that a name is one search and not five. */
const PAUSE_MS = 250;
const MORE = " more";
/** All that are found, at a desk, without a list that scrolls in itself. */
const LIST_PX = 560;

/** One Chinese character is a surname; one letter is nearly everybody. */
const isEnough = (words: string) => words.length > 1 || /[^\x20-\x7e]/.test(words);

function useLater(text: string): string {
  const [later, setLater] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return later;
}

/** Ctrl K, from wherever one is. */
function useShortcut(focus: () => void) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      focus();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [focus]);
}

export function ResidentSearch() {
  const { t } = useLocale();
  const { scope, to } = useScope();
  const navigate = useNavigate();
  const phone = useMedia(PHONE);
  const box = useRef<RefSelectProps>(null);
  const [typed, setTyped] = useState("");
  const words = useLater(typed.trim());
  const enabled = isEnough(words);
  const query = useQuery({
    ...residentsQuery(scope.lang, words),
    enabled,
    placeholderData: keepPreviousData,
  });
  useShortcut(() => box.current?.focus());

  const found = enabled && typed.trim() !== "" ? query.data : undefined;
  const options = (found?.rows ?? []).map((row) => ({ value: row.id, label: <Found row={row} /> }));
  const more = {
    value: MORE,
    disabled: true,
    label: <span className={styles.note}>{t("search.more")}</span>,
  };
  const answered = found !== undefined && words === typed.trim() && !query.isPlaceholderData;
  const open = (id: string) => {
    setTyped("");
    navigate(to("/resident", { id }));
  };

  return (
    <search className={styles.search}>
      <AutoComplete
        ref={box}
        className={styles.box}
        classNames={{ popup: { root: styles.popup ?? "" } }}
        value={typed}
        options={found?.more ? [...options, more] : options}
        onSearch={setTyped}
        onSelect={open}
        defaultActiveFirstOption
        popupMatchSelectWidth={false}
        listHeight={LIST_PX}
        notFoundContent={
          query.error && enabled ? (
            <Refused error={query.error} retry={query.refetch} />
          ) : answered ? (
            <span role="status">{t("search.none")}</span>
          ) : null
        }
      >
        <Input
          allowClear
          aria-label={t("search.label")}
          placeholder={t(phone ? "search.short" : "search.hint")}
          title={t("search.label")}
          data-testid="resident-search"
        />
      </AutoComplete>
    </search>
  );
}

function Found({ row }: { row: FoundResident }) {
  const { t, pick } = useLocale();
  const reasons = [...new Set(row.reasons.map(pick))].join(t("search.and"));
  return (
    <span className={styles.found} data-testid="found-resident" data-resident={row.id}>
      <span>
        <strong>{row.name_masked}</strong> {row.birth_on}
      </span>
      <span className={styles.place}>{row.village}</span>
      <span className={styles.note}>
        {row.citizen_id_masked} {row.survivor && t("search.merged", { id: row.survivor })}{" "}
        {t("search.by", { reasons })}
      </span>
    </span>
  );
}
