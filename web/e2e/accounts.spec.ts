/**
 * Signing in, in a browser: the first start, a village doctor's first day, guessing, being sent away, and a mask lifted.
 *
 * Starts its own server, with accounts, on the county in `TAIZHANG_DIR`; `cargo xtask test` names it and the binary in
 * `TAIZHANG`. The accounts of the directory are made anew.
 */
import type { ChildProcess } from "node:child_process";
import { createHmac } from "node:crypto";
import { expect, type Page, test } from "@playwright/test";
import {
  AT,
  choosePassword,
  console_,
  DIR,
  HAS_OWN,
  OWN,
  PORT,
  serve,
  signIn,
  withoutAccounts,
} from "./own-server";

const SHOTS = "test-results";
const PHONE = { width: 375, height: 812 };
/** Differs from run to run: the log keeps those of earlier ones. */
const REASON = `上门核对证件 ${Date.now()}`;

test.skip(!HAS_OWN, "needs a county of its own: cargo xtask test");
test.describe.configure({ mode: "serial" });

let server: ChildProcess;
let setupCode = "";
let handed: Record<string, string> = {};
let village = "";

test.beforeAll(async () => {
  withoutAccounts();
  ({ server, told: setupCode } = await serve(/set-up code (\w+)/, "--dir", DIR, "--port", PORT));
});

test.afterAll(() => {
  server?.kill();
});

async function fits(page: Page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide, "nothing reaches beyond the phone").toBeLessThanOrEqual(0);
}

const shot = (page: Page, name: string) => page.screenshot({ path: `${SHOTS}/${name}.png` });

test("the first start makes three people with the code from the console", async ({ page }) => {
  await page.setViewportSize(PHONE);
  await page.goto(AT);
  await expect(page.getByRole("heading", { name: /首次启动/ })).toBeVisible();
  const form = page.getByTestId("set-up");
  await form.getByLabel("初始化码").fill("wrong-code");
  await form.getByLabel("密码", { exact: true }).fill(OWN);
  for (const [at, account, person] of [
    [0, "xitong", "孙立"],
    [1, "anquan", "周宁"],
    [2, "shenji", "吴芳"],
  ] as const) {
    await form.getByLabel("账号").nth(at).fill(account);
    await form.getByLabel("姓名").nth(at).fill(person);
  }
  await form.getByRole("button", { name: "建立并登录" }).click();
  await expect(page.getByRole("alert")).toContainText("初始化码不对");
  await fits(page);
  await shot(page, "setup-phone");
  await form.getByLabel("初始化码").fill(setupCode);
  await form.getByRole("button", { name: "建立并登录" }).click();
  await expect(page.getByTestId("handed").locator("dd")).toHaveCount(2);
  const passwords = await page.getByTestId("handed").locator("dd").allTextContents();
  handed = { anquan: passwords[0] ?? "", shenji: passwords[1] ?? "" };
  await page.getByRole("button", { name: /进入系统/ }).click();
  // An administrator sees accounts and nobody's health.
  await expect(page.getByTestId("account-line")).toHaveCount(3);
  await expect(page.getByRole("link", { name: "驾驶舱" })).toHaveCount(0);
});

test("one administrator makes an account, another lets it in", async ({ page }) => {
  await signIn(page, "xitong", OWN);
  await page.getByTestId("new-account").click();
  const form = page.getByTestId("making");
  await form.getByLabel("账号").fill("zhang.m");
  await form.getByLabel("姓名").fill("张明");
  await form.getByLabel("角色").click();
  await page.locator(".ant-select-item-option").getByText("村医", { exact: true }).click();
  await form.getByLabel("机构").click();
  await form.getByLabel("机构").fill("村");
  const choice = page.locator(".ant-select-item-option").filter({ hasText: "村（" }).first();
  village = (await choice.textContent())?.split("（")[0] ?? "";
  await choice.click();
  await shot(page, "accounts-new");
  await form.getByRole("button", { name: "建立" }).click();
  handed["zhang.m"] = (await page.getByTestId("temporary").textContent())?.trim() ?? "";
  await page.getByRole("button", { name: "已记下" }).click();
  await expect(page.getByTestId("account-line").filter({ hasText: "zhang.m" })).toContainText("待激活");
  await expect(page.getByRole("button", { name: "激活" }), "nobody does both parts").toHaveCount(0);

  await page.context().clearCookies();
  await signIn(page, "anquan", handed.anquan ?? "");
  await choosePassword(page, handed.anquan ?? "");
  const line = page.getByTestId("account-line").filter({ hasText: "zhang.m" });
  await line.getByRole("button", { name: "激活" }).click();
  await page.locator(".ant-popconfirm").getByRole("button", { name: "激活" }).click();
  await expect(line).toContainText("使用中");
  await shot(page, "accounts");
});

test("a village doctor sees the own village, and lifts a mask with a reason", async ({ page }) => {
  await page.setViewportSize(PHONE);
  await page.goto(AT);
  await shot(page, "sign-in-phone");
  await fits(page);
  await signIn(page, "zhang.m", handed["zhang.m"] ?? "");
  await choosePassword(page, handed["zhang.m"] ?? "");
  await expect(page.getByTestId("account")).toBeVisible();
  const county = await page.request.get(`${AT}/api/county`);
  const orgs: { name: string }[] = (await county.json()).orgs;
  expect(orgs.map((org) => org.name)).toEqual([village]);
  expect((await page.request.get(`${AT}/api/accounts`)).status()).toBe(403);

  const find = await page.request.post(`${AT}/api/residents/find`, { data: { q: "王", limit: 1 } });
  const [resident] = (await find.json()).rows;
  await page.goto(`${AT}/resident?id=${resident.id}&purpose=follow_up`);
  await expect(page.getByTestId("resident-name")).toContainText("*");
  await page.getByTestId("show-citizen_id").click();
  await page.getByTestId("unmask").getByLabel("为什么需要看").fill(REASON);
  await shot(page, "unmask-phone");
  await page.getByTestId("unmask").getByRole("button", { name: "记录并显示" }).click();
  await expect(page.getByTestId("whole-citizen_id")).toHaveText(/^\d{17}[\dX]$/);
  await fits(page);
  await shot(page, "unmasked-phone");
});

test("a one-time code is switched on, and asked for", async ({ page }) => {
  await signIn(page, "zhang.m", OWN);
  await page.getByTestId("account").click();
  await page.getByRole("button", { name: "启用动态码" }).click();
  const secret = (await page.getByTestId("secret").textContent())?.trim() ?? "";
  await shot(page, "account-factor");
  await page.getByTestId("factor").getByLabel("动态码").fill(codeOf(secret, 0));
  await page.getByTestId("factor").getByRole("button", { name: "确认" }).click();
  await expect(page.getByText("已启用：登录时还要输入手机上的动态码")).toBeVisible();
  await page.getByTestId("sign-out").click();
  await signIn(page, "zhang.m", OWN);
  await page.getByLabel("动态码").fill(codeOf(secret, 0));
  await page.getByTestId("sign-in").getByRole("button", { name: /登录/ }).click();
  await expect(page.getByRole("alert"), "a code is good once").toContainText("动态码不对或已用过");
  await page.getByLabel("动态码").fill(codeOf(secret, 1));
  await page.getByTestId("sign-in").getByRole("button", { name: /登录/ }).click();
  await expect(page.getByTestId("account")).toBeVisible();
});

test("whoever is signed out from the console sees the door within five seconds", async ({ page }) => {
  await signIn(page, "anquan", OWN);
  await expect(page.getByTestId("account-line").first()).toBeVisible();
  console_("accounts", "sign-out", "anquan");
  await page.waitForTimeout(5_000);
  await page.getByTestId("account").click();
  await expect(page.getByTestId("sign-in")).toBeVisible();
});

test("five guesses lock, and say until when", async ({ page }) => {
  for (let guess = 0; guess < 5; guess += 1) {
    await signIn(page, "shenji", `wrong ${guess}`);
    await expect(page.getByRole("alert")).toContainText("账号或密码不对");
  }
  await signIn(page, "shenji", handed.shenji ?? "");
  await expect(page.getByRole("alert")).toContainText(/锁到\d{2}:\d{2}/);
  await shot(page, "locked");
  // The console unlocks.
  const again = console_("accounts", "reset", "shenji");
  await page.waitForTimeout(3_000);
  await signIn(page, "shenji", again);
  await choosePassword(page, again);
  await expect(page.getByTestId("audit-line").filter({ hasText: REASON })).toHaveCount(1);
  await expect(page.getByTestId("audit-line").filter({ hasText: "锁定" }).first()).toBeVisible();
  await shot(page, "audit");
});

/** RFC 6238: the code of a secret, some half minutes from now. */
function codeOf(secret: string, later: number): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const sum = createHmac("sha1", key).update(step).digest();
  const at = (sum.at(-1) ?? 0) & 15;
  return String((sum.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
