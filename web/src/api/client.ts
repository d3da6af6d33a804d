/**
 * How a question reaches the server: one fetch, one kind of error.
 *
 * Knows nothing of what is asked or shown. A refusal becomes a `Refusal` carrying the server's own what, where and next;
 * a server that cannot be reached becomes a `Refusal` with the code `unreachable`.
 */
import type { Problem } from "./types";

export type Params = Record<string, string | null | undefined>;

/** The server said no, or could not be heard. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly problem: Problem;
  readonly status: number;

  constructor(problem: Problem, status: number) {
    super(problem.what);
    this.problem = problem;
    this.status = status;
  }
}

/** The address of an endpoint with its query string; empty parameters are left out. */
export function address(path: string, params: Params): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value) query.set(key, value);
  }
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** Asks the server and returns its answer, or throws a `Refusal`. */
export async function ask<T>(path: string, params: Params, signal?: AbortSignal): Promise<T> {
  const language = params.lang === "en" ? "en" : "zh-CN";
  const request: RequestInit = { headers: { Accept: "application/json", "Accept-Language": language } };
  if (signal) request.signal = signal;
  let answer: Response;
  try {
    answer = await fetch(address(path, params), request);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Refusal({ code: "unreachable", what: "", where: path, next: "", request: "" }, 0);
  }
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok && body !== null) return body as T;
  throw new Refusal(asProblem(body, path, answer.status), answer.status);
}

function asProblem(body: unknown, path: string, status: number): Problem {
  const said = typeof body === "object" && body !== null ? (body as Partial<Problem>) : {};
  return {
    code: said.code ?? `http-${status}`,
    what: said.what ?? "",
    where: said.where ?? path,
    next: said.next ?? "",
    request: said.request ?? "",
  };
}
