/** Filters as chips that read as a sentence, the columns of the list, and views kept as links in this browser. */
import { Button, Checkbox, Input, Popover, Select, Tag } from "antd";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import type { FieldSchema, Listing, RegisterSchema } from "@/api/registers";
import { useLocale } from "@/locale";
import { useScope } from "@/view/scope";
import styles from "./page.module.css";
import { useListView } from "./view";

const KEPT = "taizhang-views";

export function Filters({ schema }: { schema: RegisterSchema }) {
  const { t } = useLocale();
  const { filters, filter } = useListView();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState<string | null>(null);
  const fields = Object.entries(schema.properties).filter(([, field]) => !field["x-field"].secret);
  const chosen = name ? schema.properties[name] : undefined;
  return (
    <>
      <Popover
        trigger="click"
        open={open}
        onOpenChange={setOpen}
        title={t("registers.add_filter")}
        content={
          <div className={styles.filter}>
            <Select
              aria-label={t("registers.filter_by")}
              placeholder={t("registers.filter_by")}
              showSearch={{ optionFilterProp: "label" }}
              value={name}
              options={fields.map(([value, field]) => ({ value, label: field.title }))}
              onChange={setName}
            />
            {name && chosen && (
              <Condition
                key={name}
                name={name}
                field={chosen}
                states={schema["x-register"].flow?.states ?? []}
                done={(value) => {
                  filter(name, value);
                  setOpen(false);
                }}
              />
            )}
          </div>
        }
      >
        <Button data-testid="add-filter">{t("registers.add_filter")}</Button>
      </Popover>
      <span className={styles.chips}>
        {Object.entries(filters).map(([key, value]) => {
          const field = schema.properties[key];
          return (
            <Tag key={key} closable onClose={() => filter(key, null)} data-testid="filter">
              {field?.title ?? key}：{said(field, value, t("registers.is_none"))}
            </Tag>
          );
        })}
      </span>
    </>
  );
}

/** `140..` is read as ≥ 140. */
function spanOf(value: string): string {
  const [low = "", high] = value.split("..");
  if (high === undefined) return value;
  if (!high) return `≥ ${low}`;
  return low ? `${low} – ${high}` : `≤ ${high}`;
}

function said(field: FieldSchema | undefined, value: string, none: string): string {
  if (value === "none") return none;
  const codes = field?.oneOf ?? field?.items?.oneOf ?? [];
  const title = (code: string) => codes.find((one) => one.const === code)?.title ?? code;
  return codes.length > 0 ? value.split(",").map(title).join("、") : spanOf(value);
}

type ConditionProps = {
  name: string;
  field: FieldSchema;
  states: { id: string; title: string }[];
  done: (value: string) => void;
};

function Condition({ name, field, states, done }: ConditionProps) {
  const { t } = useLocale();
  const [low, setLow] = useState("");
  const [high, setHigh] = useState("");
  const kind = field["x-field"].kind;
  const codes =
    kind === "state"
      ? states.map((one) => ({ const: one.id, title: one.title }))
      : (field.oneOf ?? field.items?.oneOf);
  if (codes) {
    return (
      <Select
        mode="multiple"
        aria-label={field.title}
        options={codes.map((code) => ({ value: code.const, label: code.title }))}
        onChange={(values: string[]) => setLow(values.join(","))}
        onBlur={() => low && done(low)}
        autoFocus
        defaultOpen
      />
    );
  }
  if (kind === "flag") {
    return (
      <span className={styles.buttons}>
        <Button onClick={() => done("yes")}>{t("form.yes")}</Button>
        <Button onClick={() => done("no")}>{t("form.no")}</Button>
      </span>
    );
  }
  const ranged =
    kind === "date" || kind === "instant" || kind === "integer" || kind === "decimal" || kind === "money";
  const type = kind === "date" || kind === "instant" ? "date" : "text";
  const go = () => {
    if (!ranged) return low && done(low);
    if (low || high) done(`${low}..${high}`);
  };
  return (
    <>
      <Input
        type={type}
        aria-label={ranged ? t("registers.from", { name: field.title }) : field.title}
        value={low}
        onChange={(event) => setLow(event.target.value)}
        onPressEnter={go}
        data-filter={name}
      />
      {ranged && (
        <Input
          type={type}
          aria-label={t("registers.until", { name: field.title })}
          value={high}
          onChange={(event) => setHigh(event.target.value)}
          onPressEnter={go}
        />
      )}
      <Button type="primary" onClick={go}>
        {t("registers.apply")}
      </Button>
    </>
  );
}

export function ColumnChooser({ listing }: { listing: Listing }) {
  const { t, pick } = useLocale();
  const { set } = useScope();
  const shown = listing.columns.map((column) => column.key);
  return (
    <Popover
      trigger="click"
      title={t("registers.columns")}
      content={
        <Checkbox.Group
          className={styles.choose ?? ""}
          value={shown}
          options={listing.all_columns.map((column) => ({ value: column.key, label: pick(column.title) }))}
          onChange={(keys) => set({ columns: keys.length > 0 ? keys.join(",") : null }, { replace: true })}
        />
      }
    >
      <Button>{t("registers.columns")}</Button>
    </Popover>
  );
}

type Kept = { name: string; search: string };

function kept(register: string): Kept[] {
  try {
    const all: unknown = JSON.parse(localStorage.getItem(`${KEPT}-${register}`) ?? "[]");
    return Array.isArray(all) ? (all as Kept[]) : [];
  } catch {
    return [];
  }
}

export function SavedViews({ register }: { register: string }) {
  const { t } = useLocale();
  const [search] = useSearchParams();
  const [views, setViews] = useState(() => kept(register));
  const [name, setName] = useState("");
  const keep = (next: Kept[]) => {
    setViews(next);
    localStorage.setItem(`${KEPT}-${register}`, JSON.stringify(next));
  };
  const save = () => {
    if (!name.trim()) return;
    const now = new URLSearchParams(search);
    for (const own of ["id", "new"]) now.delete(own);
    keep([
      ...views.filter((view) => view.name !== name.trim()),
      { name: name.trim(), search: now.toString() },
    ]);
    setName("");
  };
  return (
    <Popover
      trigger="click"
      title={t("registers.views")}
      content={
        <div className={styles.filter}>
          {views.length === 0 && <span className={styles.count}>{t("registers.views_none")}</span>}
          {views.map((view) => (
            <span key={view.name} className={styles.buttons}>
              <Link to={`/registers?${view.search}`}>{view.name}</Link>
              <Button size="small" onClick={() => keep(views.filter((one) => one !== view))}>
                {t("registers.view_drop")}
              </Button>
            </span>
          ))}
          <Input
            value={name}
            placeholder={t("registers.view_name")}
            aria-label={t("registers.view_name")}
            onChange={(event) => setName(event.target.value)}
            onPressEnter={save}
          />
          <Button onClick={save}>{t("registers.view_keep")}</Button>
        </div>
      }
    >
      <Button>{t("registers.views")}</Button>
    </Popover>
  );
}
