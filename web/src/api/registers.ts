/**
 * Registers: what there is, what their forms look like, lists page by page, and writing.
 *
 * A list's words are sent, never put into an address. A record is changed by naming the version in view.
 */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { ask, send } from "./client";
import type { Scoped } from "./queries";
import type { Column, RecordHistory, Text } from "./types";

const FRESH_MS = 30_000;
const ROWS = 50;

export type RegisterLine = {
  id: string;
  title: Text;
  kind: "entity" | "enrolment" | "event" | "statement";
  subject: string | null;
  n_fields: number;
  has_flow: boolean;
};

export type Registers = {
  groups: { pack: string; title: Text; registers: RegisterLine[] }[];
  may_write: boolean;
};

export type FieldKind =
  | "integer"
  | "decimal"
  | "money"
  | "text"
  | "date"
  | "instant"
  | "code"
  | "codes"
  | "flag"
  | "ref"
  | "place"
  | "file"
  | "serial"
  | "state";

export type Code = { const: string; title: string };

/** One field of a form, as JSON Schema in the reader's language. */
export type FieldSchema = {
  title: string;
  description?: string;
  minimum?: string;
  maximum?: string;
  oneOf?: Code[];
  items?: { oneOf: Code[] };
  readOnly?: boolean;
  "x-field": {
    kind: FieldKind;
    to: string | null;
    unit?: string | null;
    secret?: boolean;
    default?: string | null;
    fixed?: boolean;
    citizen_id?: boolean;
  };
};

export type RegisterSchema = {
  title: string;
  properties: Record<string, FieldSchema>;
  required: string[];
  "x-register": {
    id: string;
    kind: RegisterLine["kind"];
    subject: string | null;
    source: string | null;
    rules: { id: string; level: string; say: string; why: string | null; source: string | null }[];
    flow: { states: { id: string; title: string }[] } | null;
    may_write: boolean;
  };
};

export type ListColumn = Column & { sorts: boolean };

export type ListRow = {
  id: string;
  version: number;
  org: string;
  resident: string | null;
  cells: Record<string, string>;
};

export type Listing = {
  register: string;
  title: Text;
  total: number;
  total_shown: string;
  columns: ListColumn[];
  all_columns: ListColumn[];
  rows: ListRow[];
  next: string | null;
  sort: string;
};

/** What a list shows, in the words of its address. */
export type ListView = {
  filters: Record<string, string>;
  sort: string | null;
  columns: string | null;
};

export type Values = Record<string, unknown>;

export type RecordEntry = RecordHistory & {
  version: number;
  org: string;
  is_withdrawn: boolean;
  values: Values;
  moves: { id: string; title: Text; role: string | null }[];
  may_write: boolean;
};

export type Checked = {
  errors: { field: string | null; code: string; verdict: "refuse" | "confirm"; say: string }[];
  advice: { rule: string; field: string | null; say: string; source: string | null }[];
  fills: Values;
  similar: {
    id: string;
    name_masked: string;
    citizen_id_masked: string;
    birth_on: string;
    village: string;
  }[];
};

export type Saved = { register: string; id: string; version: number; seq: number };

/** A record on its way to the server. */
export type Entry = {
  org?: string | undefined;
  version?: number | undefined;
  action?: string | undefined;
  reason?: string | undefined;
  key: string;
  confirm?: string | undefined;
  fields: Values;
};

const path = (register: string, ...rest: string[]) =>
  ["/api/registers", register, ...rest]
    .map((part, n) => (n === 0 ? part : encodeURIComponent(part)))
    .join("/");

export const registersQuery = (lang: Scoped["lang"]) =>
  queryOptions({
    queryKey: ["registers", lang],
    queryFn: ({ signal }) => ask<Registers>("/api/registers", { lang }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const schemaQuery = (lang: Scoped["lang"], register: string) =>
  queryOptions({
    queryKey: ["schema", register, lang],
    queryFn: ({ signal }) => ask<RegisterSchema>(path(register, "schema"), { lang }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const listQuery = (scope: Scoped, register: string, view: ListView, words: string) =>
  infiniteQueryOptions({
    queryKey: ["listing", register, scope, view, words],
    queryFn: ({ pageParam, signal }) => {
      const { lang, org, as_of } = scope;
      const wanted = { ...view, q: words || null, org, as_of, after: pageParam, limit: ROWS };
      return send<Listing>(path(register, "find"), wanted, lang, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page: Listing) => page.next,
    staleTime: scope.as_of ? Number.POSITIVE_INFINITY : FRESH_MS,
  });

/** A few records of another register, to choose one. */
export const choicesQuery = (lang: Scoped["lang"], register: string, words: string) =>
  queryOptions({
    queryKey: ["choices", register, words, lang],
    queryFn: ({ signal }) =>
      send<Listing>(path(register, "find"), { q: words || null, limit: 20 }, lang, signal),
    staleTime: FRESH_MS,
  });

export const entryQuery = (lang: Scoped["lang"], register: string, id: string) =>
  queryOptions({
    queryKey: ["entry", register, id, lang],
    queryFn: ({ signal }) => ask<RecordEntry>(path(register, id), { lang }, signal),
    staleTime: 0,
  });

export const createRecord = (lang: Scoped["lang"], register: string, entry: Entry) =>
  send<Saved>(path(register), entry, lang);

export const changeRecord = (lang: Scoped["lang"], register: string, id: string, entry: Entry) =>
  send<Saved>(path(register, id), entry, lang);

export type CheckRequest = {
  org?: string | undefined;
  id?: string | undefined;
  version?: number | undefined;
  fields: Values;
  similar?: boolean;
};

export const checkRecord = (
  lang: Scoped["lang"],
  register: string,
  request: CheckRequest,
  signal?: AbortSignal,
) => send<Checked>(path(register, "check"), request, lang, signal);

/** A name for one attempt: sent again, it writes nothing new. */
export function attempt(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
