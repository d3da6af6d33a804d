/**
 * What the server says, as types: one declaration per answer of the HTTP API.
 *
 * Values arrive exact (`value`, a decimal string) and formatted (`shown`). The browser prints `shown`; it never turns
 * `value` into another number. Knows nothing of how answers are fetched or drawn.
 */

/** A text in both languages. Titles of packs, registers, fields and indicators always arrive like this. */
export type Text = { zh: string; en: string };

/** Against the target: met, missed by less than five points, missed, or there is no target. */
export type Status = "ok" | "warn" | "late" | "none";

export type Target = {
  shown: string;
  /** Exact value, where the server sends it: it places the target line. */
  value?: string;
  direction: "at_least" | "at_most";
  source: string;
};

export type Change = { shown: string; direction: "up" | "down" | "same" };

/** One indicator for one organisation and period: the only form in which a number reaches a page. */
export type Figure = {
  indicator: string;
  title: Text;
  org: string;
  org_name: string;
  period: string;
  period_shown: string;
  /** Exact decimal, or null when there is none; then `missing` says why. */
  value: string | null;
  shown: string;
  unit: string;
  digits: number;
  numerator: string | null;
  denominator: string | null;
  numerator_shown: string | null;
  denominator_shown: string | null;
  status: Status;
  target: Target | null;
  gap_shown: string | null;
  change: Change | null;
  missing: string | null;
  /** Last day counted, as an ISO date. */
  cut_off: string;
};

export type OrgLevel = "county" | "township" | "village" | "institution";

export type Org = { id: string; name: string; kind: string; level: OrgLevel; parent: string | null };

export type County = {
  id: string;
  title: Text;
  periods: string[];
  period: string;
  as_of: string;
  seq: number;
  /** The trees beside the administrative one, by name. */
  trees: string[];
  orgs: Org[];
  packs: { id: string; title: Text; indicators: number }[];
};

export type TrendPoint = { period: string; shown: string; value: string | null };

export type Card = { figure: Figure; trend: TrendPoint[] };

export type Attention = { severity: "late" | "warn"; text: Text; indicator: string; org: string };

export type Comparison = {
  indicator: string;
  title: Text;
  sentence: Text;
  target_shown: string | null;
  target: string | null;
  rows: Figure[];
};

export type Dashboard = { cards: Card[]; attention: Attention[]; comparison: Comparison | null };

export type Indicators = { groups: { pack: string; title: Text; figures: Figure[] }[] };

export type CohortSize = { cohort: string; title: Text; n_shown: string };

export type Parameter = {
  name: string;
  title: Text;
  value: string;
  unit: string;
  source: string;
  from: string;
};

export type Definition = {
  text: Text;
  measure: string;
  source: string;
  pack: string;
  sql: string;
  parameters: Parameter[];
  numerator: CohortSize | null;
  denominator: CohortSize | null;
  target: Target | null;
};

export type Breakdown = { by: string; title: Text; rows: { key: string; label: Text; figure: Figure }[] };

/** A figure with everything that explains it, one organisation level deeper. */
export type FigureDetail = {
  figure: Figure;
  definition: Definition;
  path: { id: string; name: string }[];
  /** The next organisation level, best first; empty at the leaf. */
  children: Figure[];
  months: Figure[];
  breakdown: Breakdown[];
  /** How many rows are left out because a field that decides is empty. */
  excluded: number;
};

/** The light version shown while hovering a figure in a text. */
export type FigureCard = { figure: Figure; formula: string; source: string };

/** Which rows of a figure: counted, looked at, looked at and not counted, or left out because a field that decides is empty. */
export type Part = "numerator" | "denominator" | "missed" | "excluded";

export type Column = { key: string; title: Text; align: "left" | "right" };

export type CountedRow = {
  id: string;
  register: string | null;
  resident: string | null;
  cells: Record<string, string>;
};

export type Rows = {
  total: number;
  total_shown: string;
  columns: Column[];
  rows: CountedRow[];
  next: string | null;
};

export type FunnelStep = {
  figure: Figure;
  of_first: string | null;
  of_before: string | null;
  lost: number | null;
  lost_shown: string | null;
};

/** Counts in the order in which people go through them. */
export type Funnel = { id: string; pack: string; title: Text; steps: FunnelStep[] };

export type RecordField = { key: string; title: Text; shown: string; changed: boolean };

export type RecordVersion = {
  version: number;
  op: "create" | "correct" | "withdraw";
  at: string;
  actor: string;
  reason: string | null;
  seq: number;
  batch: number | string;
  hash: string;
  fields: RecordField[];
};

export type RecordHistory = {
  register: string;
  title: Text;
  id: string;
  org_name: string;
  resident: { id: string; name_masked: string; sex: Text; age_shown: string } | null;
  /** Newest first. */
  versions: RecordVersion[];
  chain_ok: boolean;
};

export type TimelineEntry = {
  register: string;
  title: Text;
  id: string;
  on_date: string;
  summary: string;
  org_name: string;
};

export type Resident = {
  id: string;
  name_masked: string;
  sex: Text;
  age_shown: string;
  citizen_id_masked: string;
  village: string;
  since: string;
  tags: Text[];
  timeline: TimelineEntry[];
  /** Records of organisations the reader does not see. */
  n_elsewhere: number;
  access_logged: boolean;
};

/** Somebody found by a few words. */
export type FoundResident = {
  id: string;
  name_masked: string;
  citizen_id_masked: string;
  birth_on: string;
  village: string;
  /** Who stands for them, when they were folded into another. */
  survivor: string | null;
  /** What each word fits, word by word. */
  reasons: Text[];
};

export type Residents = { rows: FoundResident[]; more: boolean };

/** One comparison of two residents; masks of different values may look alike, so `state` speaks of the values. */
export type MatchField = {
  key: string;
  title: Text;
  a: string;
  b: string;
  state: "same" | "differs" | "missing" | "told";
  level: Text | null;
  leaning: "for" | "against" | "none";
  weight_shown: string | null;
};

/** Two residents who may be one person. */
export type Match = {
  resident: string;
  other: string;
  probability_shown: string;
  /** Who is proposed to stand for both. */
  survivor: string;
  fields: MatchField[];
};

export type Verdict = "same" | "different";

export type Decision = {
  id: string;
  resident: string;
  other: string;
  names_masked: [string, string];
  verdict: Verdict;
  verdict_shown: Text;
  /** Who was folded into the other because of it. */
  merged: string | null;
  at: string;
  actor: string;
};

export type MatchState = { is_working: boolean; known_at: string | null };

export type Matches = {
  /** Whether all residents are being compared anew. */
  is_working: boolean;
  /** The moment of the comparison; none while the first is made. */
  known_at: string | null;
  n_people_shown: string;
  n_left: number;
  n_left_shown: string;
  pairs: Match[];
  /** The newest first. */
  decisions: Decision[];
  may_decide: boolean;
};

/** What became of records that were sent. */
export type Written = { accepted: number; refused: number; refusals: { rule: string; say: string }[] };

/** Where a figure in a text comes from. */
export type FigureRef = { indicator: string; org: string; period: string };

export type Span = { text: string; figure?: FigureRef };

export type Block = {
  kind: "title" | "heading" | "paragraph";
  level: number;
  /** "一、", "（一）", "1.", already separate from the text. */
  number: string;
  spans: Span[];
};

export type Report = {
  title: string;
  period: string;
  as_of: string;
  blocks: Block[];
  left_out: { where: string; sentence: string; why: string }[];
  findings: { severity: string; text: string }[];
};

/** Every refusal of the server: what happened, where, and what to do next. */
export type Problem = {
  code: string;
  what: string;
  where: string;
  next: string;
  request: string;
  /** What is wrong field by field, when a record was refused. */
  errors?: { field: string | null; code: string; verdict: "refuse" | "confirm"; say: string }[];
};

export type Task = {
  task: string;
  title: Text;
  id: string;
  org: string;
  org_name: string;
  resident: string | null;
  name: string | null;
  due_on: string | null;
  due_at: string | null;
  opens_on: string | null;
  overdue_on: string | null;
  window: "waiting" | "open" | "overdue" | "lapsed";
  days_late: number;
  priority: "urgent" | "high" | "normal" | "low";
  enter: string | null;
  role: string | null;
  note: string | null;
};

export type Tasks = {
  total: number;
  tasks: Task[];
  next: string | null;
  places: { org: string; name: string; open: number; overdue: number; waiting: number; lapsed: number }[];
  kinds: { task: string; title: Text; open: number; overdue: number }[];
};

export type Finding = {
  rule: string;
  register: string | null;
  id: string;
  org: string;
  org_name: string;
  resident: string | null;
  name: string | null;
  say: string;
  is_record: boolean;
};

export type Findings = { total: number; findings: Finding[]; next: string | null };

export type Todo = {
  rule: string;
  level: "find" | "refuse";
  pack: Text;
  say: string;
  why: string;
  do: string;
  n: number;
  shown: string;
};

export type Quality = {
  org: string;
  org_name: string;
  records: string;
  faulty: string;
  score: string | null;
  todo: Todo[];
  places: { org: string; name: string; records: string; faulty: string; score: string | null }[];
};

/** A finished text with what was found in it; positions count Unicode scalars of `text`. */
export type Proof = {
  name: string;
  format: string;
  encoding: string;
  /** What was put right before reading. */
  mended: string[];
  text: string;
  claims: {
    start: number;
    end: number;
    quote: string;
    value: string | null;
    unit: string;
    subject: string;
  }[];
  relations: {
    kind: string;
    title: string;
    verdict: "holds" | "truncated" | "fails" | "unclear";
    start: number;
    end: number;
    /** Places in `claims`. */
    claims: number[];
    /** The claim that would have to be otherwise. */
    result: number | null;
    computation: string;
    computed: string | null;
    printed: string | null;
    slips: { value: string; because: string }[];
  }[];
  matches: {
    claim: number;
    indicator: string;
    title: string;
    confidence: number;
    computed: string | null;
    agrees: boolean | null;
  }[];
  period: string;
};

type ProofItem = { quote: string; subject: string; start: number; end: number };

/** Two texts, claim by claim. */
export type ProofComparison = {
  left: string;
  right: string;
  same: number;
  changes: {
    kind: "changed" | "renamed" | "moved" | "dropped" | "added";
    left: ProofItem | null;
    right: ProofItem | null;
    because: string | null;
  }[];
};

/** A post, and the organisation it is held for with everything below it. */
export type Grant = { role: string; org: string };
export type GrantShown = Grant & { title: Text; org_name: string };

/** Who is signed in and what they may do; the state says which page comes first. */
export type Session = {
  state: "open" | "setup" | "signed_out" | "restricted" | "signed_in";
  is_secure: boolean;
  account: string | null;
  person: string | null;
  roles: GrantShown[];
  may: string[];
  has_factor: boolean;
  last_signed_in: string | null;
};

export type OwnSession = {
  id: string;
  begun_at: string;
  seen_at: string;
  address: string;
  browser: string;
  is_this: boolean;
};

export type AccountLine = {
  account: string;
  person: string;
  state: "waiting" | "active" | "stopped";
  roles: GrantShown[];
  has_factor: boolean;
  must_change: boolean;
  sessions: number;
  created_at: string;
};

export type Accounts = {
  accounts: AccountLine[];
  roles: { role: string; title: Text }[];
  orgs: { id: string; name: string; parent: string | null }[];
};

export type AuditLine = {
  at: string;
  actor: string;
  register: string;
  record: string;
  reason: string | null;
  seq: number;
};

export type NewAdministrators = {
  code: string;
  password: string;
  system: { account: string; person: string };
  security: { account: string; person: string };
  audit: { account: string; person: string };
};

/** What needs attention, until somebody answers. */
export type Alert = {
  alert: string;
  rule: string;
  register: string | null;
  id: string;
  org: string;
  org_name: string;
  resident: string | null;
  name: string | null;
  say: string;
  role: string | null;
  opened_at: string;
  due_at: string | null;
  state: "open" | "escalated" | "acknowledged";
  escalated: number;
  stands_with: string;
  stands_with_name: string;
  /** Whether it stands with an organisation for which whoever looks may answer. */
  within_reach: boolean;
  answer: {
    record: string;
    outcome: string;
    outcome_title: Text;
    remark: string;
    by: string;
    at: string;
  } | null;
};

export type Alerts = {
  total: number;
  alerts: Alert[];
  next: string | null;
  outcomes: { outcome: string; title: Text }[];
};
