/** What surrounds a resident. Asked only after the resident was opened with a purpose. */
import { queryOptions } from "@tanstack/react-query";
import { ask } from "./client";
import type { Scoped } from "./queries";
import type { Text } from "./types";

export type Around = {
  stays: {
    register: string;
    id: string;
    title: Text;
    status: string | null;
    from: string;
    until: string | null;
    is_open: boolean;
  }[];
  benefits: {
    on_date: string;
    scheme: string;
    document: string | null;
    fund: string;
    amount_shown: string;
    step: string;
    is_reversed: boolean;
  }[];
  looks: { at: string; actor: string; purpose: string | null; register: Text }[];
  n_looks: number;
  household: { id: string; name_masked: string }[];
};

export const aroundQuery = (lang: Scoped["lang"], id: string) =>
  queryOptions({
    queryKey: ["around", id, lang],
    queryFn: ({ signal }) => ask<Around>("/api/resident/around", { id, lang }, signal),
    staleTime: 0,
  });
