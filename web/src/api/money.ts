/** The window: what a scheme would pay for a bill, and the bill settled. Amounts arrive as people read them. */
import { queryOptions } from "@tanstack/react-query";
import { ask, send } from "./client";
import type { Scoped } from "./queries";
import type { Values } from "./registers";
import type { Problem, Text } from "./types";

export type Schemes = {
  schemes: { id: string; title: Text; register: string; since: string | null; until: string | null }[];
};

export type PlanStep = {
  seq: number;
  step: string;
  title: { zh: string; en: string | null };
  applies: boolean;
  shown: string;
  /** Of a hundred parts of the bill. */
  share: string;
  explain: Text;
  source: string;
  rows: { list: string; row: string; source: string | null; quote: string | null }[];
};

export type Plan = {
  title: { zh: string; en: string | null };
  pack: string;
  pack_hash: string;
  bill: string;
  on_date: string;
  known_on: string;
  total_shown: string | null;
  rest_shown: string | null;
  rest_share: string;
  paid_shown: string;
  steps: PlanStep[];
  why_rest: { zh: string[]; en: string[] } | null;
};

type Person = { id: string; name_masked: string; sex: Text; age_shown: string };

export type Planned = {
  plan: Plan | null;
  errors: NonNullable<Problem["errors"]>;
  person: Person | null;
};

export type Settled = {
  bill: string;
  register: string;
  plan: Plan;
  person: Person | null;
  booked_seq: number | null;
  n_booked: number;
  n_known: number;
  institution: string | null;
  org_name: string;
  printed_at: string;
};

export type Bill = { scheme: string; org?: string; fields: Values; key?: string; confirm?: string };

export const schemesQuery = (lang: Scoped["lang"]) =>
  queryOptions({
    queryKey: ["schema", "settle", lang],
    queryFn: ({ signal }) => ask<Schemes>("/api/settle", { lang }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const planBill = (lang: Scoped["lang"], bill: Bill, signal?: AbortSignal) =>
  send<Planned>("/api/settle/plan", bill, lang, signal);

export const settleBill = (lang: Scoped["lang"], bill: Bill) =>
  send<Settled>("/api/settle/commit", bill, lang);
