/**
 * How a question reaches the server: one fetch, one kind of error.
 *
 * Knows nothing of what is asked or shown. A refusal becomes a `Refusal` carrying the server's own what, where and next;
 * a server that cannot be reached becomes a `Refusal` with the code `unreachable`.
 */
import type { Problem, Written } from "./types";

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
  return heard<T>(path, address(path, params), {
    headers: accepting(params.lang),
    ...(signal ? { signal } : {}),
  });
}

/** Sends a document: what somebody decides, or words that must not stand in an address. */
export async function send<T>(
  path: string,
  document: object,
  lang: string | null | undefined,
  signal?: AbortSignal,
): Promise<T> {
  const headers = { ...accepting(lang), "Content-Type": "application/json" };
  const body = JSON.stringify(document);
  return heard<T>(path, path, { method: "POST", headers, body, ...(signal ? { signal } : {}) });
}

/** Sends a file or a form of files as it is. */
export async function upload<T>(
  path: string,
  params: Params,
  body: Blob | FormData,
  lang: string | null | undefined,
): Promise<T> {
  return heard<T>(path, address(path, params), { method: "POST", headers: accepting(lang), body });
}

/** Sends a file and saves the file that comes back, under the name the server gives it. */
export async function download(path: string, params: Params, body: Blob, lang: string | null | undefined) {
  const answer = await fetched(path, address(path, params), {
    method: "POST",
    headers: accepting(lang),
    body,
  });
  if (!answer.ok) {
    throw new Refusal(asProblem(await answer.json().catch(() => null), path, answer.status), answer.status);
  }
  const named = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition") ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = named?.[1] ? decodeURIComponent(named[1]) : "download";
  link.click();
  URL.revokeObjectURL(link.href);
}

const accepting = (lang: string | null | undefined) => ({
  Accept: "application/json",
  "Accept-Language": lang === "en" ? "en" : "zh-CN",
});

/** The server's answer, whatever it says. */
async function fetched(path: string, address: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, request);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Refusal({ code: "unreachable", what: "", where: path, next: "", request: "" }, 0);
  }
}

async function heard<T>(path: string, address: string, request: RequestInit): Promise<T> {
  const answer = await fetched(path, address, request);
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok && body !== null) return body as T;
  throw new Refusal(asProblem(body, path, answer.status), answer.status);
}

function asProblem(body: unknown, path: string, status: number): Problem {
  const said = typeof body === "object" && body !== null ? (body as Partial<Problem & Written>) : {};
  const [refusal] = said.refusals ?? [];
  return {
    code: said.code ?? refusal?.rule ?? `http-${status}`,
    what: said.what ?? refusal?.say ?? "",
    where: said.where ?? path,
    next: said.next ?? "",
    request: said.request ?? "",
    ...(said.errors ? { errors: said.errors } : {}),
  };
}
