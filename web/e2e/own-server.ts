/**
 * A server with accounts, for the tests in which somebody signs in.
 *
 * `cargo xtask test` names the binary in `TAIZHANG` and its county in `TAIZHANG_DIR`; the accounts there are made anew.
 * `ACCOUNTS_AT` puts other pages than the binary's own in front of it.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { expect, type Page } from "@playwright/test";

const TAIZHANG = process.env.TAIZHANG ?? "";
export const DIR = process.env.TAIZHANG_DIR ?? "";
export const HAS_OWN = TAIZHANG !== "" && DIR !== "";
export const PORT = "18857";
export const AT = process.env.ACCOUNTS_AT ?? `http://127.0.0.1:${PORT}`;
export const OWN = "Liu he-cun 37";

/** Runs a command beside the server, as somebody at the console would. */
export const console_ = (...words: string[]) =>
  execFileSync(TAIZHANG, [...words, "--dir", DIR], { encoding: "utf8" }).trim();

export function withoutAccounts() {
  for (const end of ["", "-wal", "-shm"]) rmSync(`${DIR}/accounts.db${end}`, { force: true });
}

/** Starts the server; `said` is looked for in what it says, and the first group of it given. */
export async function serve(
  said: RegExp,
  ...words: string[]
): Promise<{ server: ChildProcess; told: string }> {
  const server = spawn(TAIZHANG, ["serve", ...words]);
  const told = await new Promise<string>((found, failed) => {
    let text = "";
    const listen = (part: Buffer) => {
      text += part;
      const match = said.exec(text);
      if (match) found(match[1] ?? "");
    };
    server.stderr?.on("data", listen);
    server.stdout?.on("data", listen);
    server.on("exit", () => failed(new Error(`the server ended: ${text}`)));
  });
  return { server, told };
}

export async function signIn(page: Page, account: string, password: string) {
  await page.goto(AT);
  await page.getByLabel("账号", { exact: true }).fill(account);
  await page.getByLabel("密码", { exact: true }).fill(password);
  await page.getByTestId("sign-in").getByRole("button", { name: /登录/ }).click();
}

export async function choosePassword(page: Page, old: string) {
  await expect(page.getByRole("heading", { name: "先改成自己的密码" })).toBeVisible();
  const form = page.getByTestId("password");
  await form.getByLabel("现在的密码").fill(old);
  await form.getByLabel("新密码").fill(OWN);
  await form.getByLabel("再输一次").fill(OWN);
  await form.getByRole("button", { name: "修改" }).click();
}
