/** One field's input, by what it holds. Codes answer to digits, numbers keep their unit in the box. */
import { AutoComplete, Input, Radio, Select } from "antd";
import { type KeyboardEvent, useState } from "react";
import type { Code, FieldSchema } from "@/api/registers";
import { useLocale } from "@/locale";
import { useChoices, usePeople } from "@/view/choices";
import { useCounty } from "@/view/county";
import { DayInput } from "./day-input";
import styles from "./form.module.css";
import { OrgPicker } from "./org-picker";

/** More codes than this are a list that is searched. */
const FEW = 8;

type Props = {
  name: string;
  field: FieldSchema;
  value: unknown;
  /** How it is shown at present, where a record is corrected. */
  known: string;
  invalid: boolean;
  change: (value: unknown) => void;
};

export function FieldInput(props: Props) {
  const { name, field, value, known, invalid, change } = props;
  const { t } = useLocale();
  const { kind, to, unit, secret } = field["x-field"];
  const common = {
    id: `field-${name}`,
    "aria-invalid": invalid,
    ...(invalid ? { status: "error" as const } : {}),
  };
  const text = typeof value === "string" || typeof value === "number" ? `${value}` : "";
  const words = field.oneOf ?? [];
  switch (kind) {
    case "code":
      return words.length <= FEW ? (
        <Codes {...props} codes={words.map((code) => ({ ...code, value: code.const }))} />
      ) : (
        <Select
          id={common.id}
          className={styles.full ?? ""}
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          value={text || null}
          options={words.map((code) => ({ value: code.const, label: code.title }))}
          onChange={(next: string | undefined) => change(next ?? null)}
        />
      );
    case "codes":
      return (
        <Select
          id={common.id}
          className={styles.full ?? ""}
          mode="multiple"
          value={Array.isArray(value) ? (value as string[]) : []}
          options={(field.items?.oneOf ?? []).map((code) => ({ value: code.const, label: code.title }))}
          onChange={(next: string[]) => change(next)}
        />
      );
    case "flag":
      return (
        <Codes
          {...props}
          codes={[
            { const: "1", title: t("form.yes"), value: true },
            { const: "2", title: t("form.no"), value: false },
          ]}
        />
      );
    case "ref":
      return to === "resident" ? <Person {...props} /> : <Reference {...props} to={to ?? ""} />;
    case "place":
      return <Place {...props} />;
    case "date":
      return <DayInput id={common.id} value={text} invalid={invalid} change={change} />;
    case "instant":
      return <DayInput id={common.id} value={text} invalid={invalid} timed change={change} />;
    case "integer":
      return (
        <Input
          {...common}
          inputMode="numeric"
          value={text}
          suffix={unit ?? undefined}
          // Whole numbers travel as numbers; whatever else was typed goes as it is, and is refused with a reason.
          onChange={(event) =>
            change(
              /^-?\d{1,15}$/.test(event.target.value) ? JSON.parse(event.target.value) : event.target.value,
            )
          }
        />
      );
    case "decimal":
    case "money":
      return (
        <Input
          {...common}
          inputMode="decimal"
          value={text}
          suffix={unit ?? undefined}
          onChange={(event) => change(event.target.value)}
        />
      );
    default:
      return (
        <Input
          {...common}
          value={text}
          autoComplete="off"
          placeholder={secret && known ? t("form.known", { shown: known }) : undefined}
          onChange={(event) => change(event.target.value)}
        />
      );
  }
}

type Choice = Code & { value: unknown };

function Codes({ name, value, codes, change }: Props & { codes: Choice[] }) {
  const chosen = codes.find((code) => code.value === value)?.const;
  const press = (event: KeyboardEvent) => {
    const code = /^[1-9]$/.test(event.key) ? codes[JSON.parse(event.key) - 1] : undefined;
    if (!code) return;
    event.preventDefault();
    change(code.value);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: digits bubble up from the radio buttons
    <div onKeyDown={press} role="presentation">
      <Radio.Group
        id={`field-${name}`}
        aria-labelledby={`label-${name}`}
        value={chosen ?? null}
        options={codes.map((code, n) => ({ value: code.const, label: `${n + 1} ${code.title}` }))}
        onChange={(event) => change(codes.find((code) => code.const === event.target.value)?.value)}
      />
    </div>
  );
}

function Person({ name, value, known, change }: Props) {
  const { t } = useLocale();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(known);
  const [inside, setInside] = useState(false);
  const rows = usePeople(typed.trim());
  return (
    <AutoComplete
      id={`field-${name}`}
      className={styles.full ?? ""}
      value={typed || (value ? chosen || `${value}` : "")}
      placeholder={t("form.person")}
      defaultActiveFirstOption
      onFocus={() => setInside(true)}
      onBlur={() => setInside(false)}
      // An answer that comes after the field was left opens no list over the rest of the form.
      options={(inside ? rows : []).map((row) => ({
        value: row.id,
        label: `${row.name_masked} ${row.birth_on} ${row.village} ${row.citizen_id_masked}`,
      }))}
      onSearch={(words) => {
        setTyped(words);
        change(null);
      }}
      onSelect={(id: string) => {
        const row = rows.find((one) => one.id === id);
        setChosen(row ? `${row.name_masked} ${row.birth_on} ${row.village}` : id);
        setTyped("");
        change(id);
      }}
    />
  );
}

function Reference({ name, value, to, change }: Props & { to: string }) {
  const { t } = useLocale();
  const [typed, setTyped] = useState("");
  const rows = useChoices(to, typed.trim());
  return (
    <Select
      id={`field-${name}`}
      className={styles.full ?? ""}
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={t("form.choose")}
      value={typeof value === "string" ? value : null}
      options={rows.map((row) => ({
        value: row.id,
        label: row.cells.name || row.id,
      }))}
      optionRender={({ label, value: id }) => (
        <>
          {label} {label !== id && <span className={styles.note}>{id}</span>}
        </>
      )}
      onChange={(next: string | undefined) => change(next ?? null)}
    />
  );
}

function Place({ value, change }: Props) {
  const county = useCounty();
  if (!county) return null;
  return <OrgPicker orgs={county.orgs} value={typeof value === "string" ? value : ""} onChange={change} />;
}
