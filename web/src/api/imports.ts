/** A file on its way into a register: checked first, written only when asked. */
import { queryOptions } from "@tanstack/react-query";
import { ask, send, upload } from "./client";
import type { Scoped } from "./queries";

const WORKING_MS = 500;

export type ImportState = {
  id: string;
  register: string;
  name: string;
  phase: "checking" | "checked" | "writing" | "written" | "failed";
  n_rows: number;
  n_refused: number;
  n_read: number;
  n_bytes: number;
  created: number;
  changed: number;
  unchanged: number;
  done_before: number;
  to_confirm: number;
  rules: [string, number][];
  refusals: { line: number; rule: string; verdict: "refuse" | "confirm"; say: string }[];
  has_workbook: boolean;
  fault: string | null;
};

/** `org`: whose rows they are that name no organisation of their own. */
export const beginImport = (lang: Scoped["lang"], org: string, register: string, file: File) =>
  upload<ImportState>("/api/imports", { register, name: file.name, org }, file, lang);

/** Asked again while the server works. */
export const importQuery = (lang: Scoped["lang"], id: string) =>
  queryOptions({
    queryKey: ["import", id, lang],
    queryFn: ({ signal }) => ask<ImportState>(`/api/imports/${encodeURIComponent(id)}`, { lang }, signal),
    staleTime: 0,
    refetchInterval: ({ state }) =>
      state.data?.phase === "checking" || state.data?.phase === "writing" ? WORKING_MS : false,
  });

export const commitImport = (
  lang: Scoped["lang"],
  id: string,
  commit: { reason?: string; confirm?: string },
) => send<ImportState>(`/api/imports/${encodeURIComponent(id)}/commit`, commit, lang);

/** The empty workbook of a register. */
export const templateAddress = (register: string, lang: string) =>
  `/api/registers/${encodeURIComponent(register)}/template.xlsx?lang=${lang}`;

export const refusedAddress = (id: string) => `/api/imports/${encodeURIComponent(id)}/refused.xlsx`;
