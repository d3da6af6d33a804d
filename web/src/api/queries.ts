/**
 * Every question the pages ask, with its cache key: noun, then the parameters it depends on.
 *
 * An answer about a past moment never changes, so it is never asked twice; an answer about now is fresh for thirty
 * seconds.
 */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { ask, download, type Params, send, upload } from "./client";
import type {
  Accounts,
  Alerts,
  AuditLine,
  County,
  Dashboard,
  FigureCard,
  FigureDetail,
  Findings,
  Funnel,
  Grant,
  Indicators,
  Matches,
  MatchState,
  NewAdministrators,
  OwnSession,
  Part,
  Proof,
  ProofComparison,
  Quality,
  RecordHistory,
  Report,
  Resident,
  Residents,
  Rows,
  Session,
  Tasks,
  Verdict,
  Written,
} from "./types";

const FRESH_MS = 30_000;
const ROWS_PER_PAGE = "100";
const TASKS_PER_PAGE = "50";

/** What a page is about: organisation, period, moment and language. Absent means the server's default. */
export type Scoped = {
  org?: string | null;
  period?: string | null;
  as_of?: string | null;
  /** Of the pages of indicators: along which tree organisations are added up, and as it stood when. */
  tree?: string | null;
  standing?: string | null;
  lang: "zh" | "en";
};

function question<T>(noun: string, path: string, params: Params) {
  return queryOptions({
    queryKey: [noun, params],
    queryFn: ({ signal }) => ask<T>(path, params, signal),
    staleTime: params.as_of ? Number.POSITIVE_INFINITY : FRESH_MS,
  });
}

export const countyQuery = (lang: Scoped["lang"]) => question<County>("county", "/api/county", { lang });

export const dashboardQuery = (scope: Scoped, compare: string | null) =>
  question<Dashboard>("dashboard", "/api/dashboard", { ...scope, compare });

export const indicatorsQuery = (scope: Scoped) =>
  question<Indicators>("indicators", "/api/indicators", { ...scope });

export const figureQuery = (scope: Scoped, indicator: string) =>
  question<FigureDetail>("figure", "/api/figure", { ...scope, indicator });

export const figureCardQuery = (scope: Scoped, indicator: string) =>
  question<FigureCard>("figure-card", "/api/figure/card", { ...scope, indicator });

/** What is to be done: everybody's, or of one kind and window, page by page. */
export const tasksQuery = (scope: Scoped, wanted: { task: string | null; window: string | null }) =>
  infiniteQueryOptions({
    queryKey: ["tasks", scope, wanted],
    queryFn: ({ pageParam, signal }) =>
      ask<Tasks>("/api/tasks", { ...scope, ...wanted, after: pageParam, limit: TASKS_PER_PAGE }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Tasks) => page.next,
    staleTime: scope.as_of ? Number.POSITIVE_INFINITY : FRESH_MS,
  });

/** What is due for one resident. */
export const dueQuery = (lang: Scoped["lang"], resident: string) =>
  question<Tasks>("due", "/api/tasks", { resident, lang, limit: "20" });

export const qualityQuery = (scope: Scoped) => question<Quality>("quality", "/api/quality", { ...scope });

/** The rows of one rule, page by page. */
export const findingsQuery = (scope: Scoped, rule: string) =>
  infiniteQueryOptions({
    queryKey: ["findings", scope, rule],
    queryFn: ({ pageParam, signal }) =>
      ask<Findings>("/api/findings", { ...scope, rule, after: pageParam, limit: TASKS_PER_PAGE }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Findings) => page.next,
    staleTime: scope.as_of ? Number.POSITIVE_INFINITY : FRESH_MS,
  });

export const recordQuery = (lang: Scoped["lang"], register: string, id: string) =>
  question<RecordHistory>("record", "/api/record", { register, id, lang });

export const residentQuery = (lang: Scoped["lang"], id: string, purpose: string) =>
  question<Resident>("resident", "/api/resident", { id, purpose, lang });

/** Whom a few words mean. The words are sent, not put into an address; what was written a moment ago is found. */
export const residentsQuery = (lang: Scoped["lang"], words: string) =>
  queryOptions({
    queryKey: ["residents", words, lang],
    queryFn: ({ signal }) => send<Residents>("/api/residents/find", { q: words, limit: 10 }, lang, signal),
    staleTime: 0,
    gcTime: 0,
  });

const WORKING_MS = 1_000;

/** The next likely pair after one that was passed over. Asking is a look at two residents. */
export const matchesQuery = (lang: Scoped["lang"], after: string | null) =>
  queryOptions({
    queryKey: ["matches", after, lang],
    queryFn: ({ signal }) => ask<Matches>("/api/matches", { after, lang }, signal),
    staleTime: 0,
  });

/** How far the comparison is; shows nobody, so that it can be asked while one waits. */
export const matchStateQuery = (lang: Scoped["lang"]) =>
  queryOptions({
    queryKey: ["match-state", lang],
    queryFn: ({ signal }) => ask<MatchState>("/api/matches/state", { lang }, signal),
    staleTime: 0,
    refetchInterval: WORKING_MS,
  });

export type NewDecision = { resident: string; other: string; verdict: Verdict; survivor?: string };

export const decideMatch = (lang: Scoped["lang"], decision: NewDecision) =>
  send<Written & { decision: string }>("/api/matches", decision, lang);

export const undoMatch = (lang: Scoped["lang"], undo: { id: string; reason: string }) =>
  send<Written>("/api/matches/undo", undo, lang);

export const renewMatches = (lang: Scoped["lang"]) =>
  send<{ is_working: boolean }>("/api/matches/renew", {}, lang);

/** The figures of a finished text. The text is sent, checked and forgotten. */
export const checkProof = (scope: Scoped, file: File) =>
  upload<Proof>("/api/proof", { ...scope, name: file.name }, file, scope.lang);

export const markedProof = (lang: Scoped["lang"], file: File) =>
  download("/api/proof/marked", { name: file.name }, file, lang);

export function compareProofs(lang: Scoped["lang"], left: File, right: File) {
  const form = new FormData();
  form.set("left", left);
  form.set("right", right);
  return upload<ProofComparison>("/api/proof/compare", {}, form, lang);
}

export const reportQuery = (scope: Scoped) => question<Report>("report", "/api/report", { ...scope });

/** The rows behind a figure, page after page by the server's own cursor. */
export const rowsQuery = (scope: Scoped, indicator: string, part: Part) =>
  infiniteQueryOptions({
    queryKey: ["figure-rows", { ...scope, indicator, part }],
    queryFn: ({ pageParam, signal }) =>
      ask<Rows>(
        "/api/figure/rows",
        { ...scope, indicator, part, after: pageParam, limit: ROWS_PER_PAGE },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    staleTime: scope.as_of ? Number.POSITIVE_INFINITY : FRESH_MS,
  });

export const funnelsQuery = (scope: Scoped) =>
  question<{ funnels: Funnel[] }>("funnels", "/api/funnels", { ...scope });

/** The rows of a step that are not in the next one, page after page. */
export const lostQuery = (scope: Scoped, funnel: string, step: string) =>
  infiniteQueryOptions({
    queryKey: ["funnel-lost", { ...scope, funnel, step }],
    queryFn: ({ pageParam, signal }) =>
      ask<Rows>(
        "/api/funnels/lost",
        { ...scope, funnel, step, after: pageParam, limit: ROWS_PER_PAGE },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    staleTime: scope.as_of ? Number.POSITIVE_INFINITY : FRESH_MS,
  });

/** Who is signed in. Asked once; whatever is refused for want of a session asks again. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => ask<Session>("/api/session", {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

type Lang = Scoped["lang"];

export const signIn = (lang: Lang, who: { account: string; password: string; code?: string }) =>
  send<{ account: string }>("/api/session", who, lang);

export const signOut = (lang: Lang) => send<object>("/api/session/end", {}, lang);

export const setUp = (lang: Lang, people: NewAdministrators) =>
  send<{ security_password: string; audit_password: string }>("/api/setup", people, lang);

export const changePassword = (lang: Lang, passwords: { old: string; new: string }) =>
  send<object>("/api/account/password", passwords, lang);

export const wantFactor = (lang: Lang) =>
  send<{ secret: string; address: string }>("/api/account/factor", {}, lang);

export const confirmFactor = (lang: Lang, code: string) =>
  send<object>("/api/account/factor/confirm", { code }, lang);

export const ownSessionsQuery = (lang: Lang) =>
  question<{ sessions: OwnSession[] }>("own-sessions", "/api/account/sessions", { lang });

export const endSessions = (lang: Lang, session: string | null) =>
  send<object>("/api/account/sessions/end", session === null ? {} : { session }, lang);

export const accountsQuery = (lang: Lang) => question<Accounts>("accounts", "/api/accounts", { lang });

export const createAccount = (lang: Lang, account: { account: string; person: string; grants: Grant[] }) =>
  send<{ password: string }>("/api/accounts", account, lang);

/** What is done to an account by one press. */
export type AccountAct = "activate" | "stop" | "sign-out" | "password" | "factor";

export const actOnAccount = (lang: Lang, act: AccountAct, account: string) =>
  send<{ password?: string }>(`/api/accounts/${act}`, { account }, lang);

export const grantRoles = (lang: Lang, account: string, grants: Grant[]) =>
  send<object>("/api/accounts/grants", { account, grants }, lang);

export const auditQuery = (lang: Lang, account: string | null) =>
  question<{ lines: AuditLine[] }>("audit", "/api/audit", { account, lang });

/** Shows one masked field whole; the reason is in the log before the answer comes. */
export const unmask = (lang: Lang, field: { register: string; id: string; field: string; reason: string }) =>
  send<{ shown: string }>("/api/unmask", field, lang);

/** What needs attention: what nobody has answered, or everything; page by page. */
export const alertsQuery = (scope: Scoped, all: boolean) =>
  infiniteQueryOptions({
    queryKey: ["alerts", scope, all],
    queryFn: ({ pageParam, signal }) =>
      ask<Alerts>(
        "/api/alerts",
        { ...scope, all: all ? "1" : null, after: pageParam, limit: TASKS_PER_PAGE },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Alerts) => page.next,
    staleTime: scope.as_of ? Number.POSITIVE_INFINITY : FRESH_MS,
  });

/** Answers an alert. The answer is a record, and closes it. */
export const answerAlert = (lang: Lang, answer: { alert: string; outcome: string; remark: string }) =>
  send<Written>("/api/alerts", answer, lang);
