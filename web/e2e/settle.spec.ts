/**
 * The window with a bill: typed, planned, settled, printed; the same bill is not paid twice.
 *
 * Makes a small county of its own that settles one-stop, with money in its funds and one person. `SETTLE_AT` puts other
 * pages than the binary's own in front of its server.
 */
import { type ChildProcess, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { clean } from "./axe";
import { fits } from "./every-page";
import { serve } from "./own-server";

const { TAIZHANG } = process.env;
const PORT = "18858";
const AT = process.env.SETTLE_AT ?? `http://127.0.0.1:${PORT}`;
const SHOTS = "test-results/journeys";
const SIZES = [
  { width: 375, height: 812 },
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
];
const FUNDS = ["resident_pool", "serious_illness", "620100", "610100"];

test.skip(!TAIZHANG, "needs the binary: cargo xtask test");

let server: ChildProcess;
let dir = "";

test.beforeAll(async () => {
  dir = join(mkdtempSync(join(tmpdir(), "settle-")), "county");
  const run = (...words: string[]) =>
    execFileSync(TAIZHANG ?? "", words, {
      env: { ...process.env, TAIZHANG_HOME: process.env.TAIZHANG_HOME ?? ".." },
    });
  run("init", "demo_b", "--dir", dir);
  for (const fund of FUNDS) {
    run(
      "ledger",
      "--dir",
      dir,
      "fund",
      fund,
      "50000.00",
      "--document",
      `grant-${fund}`,
      "--on",
      "2026-05-01",
    );
  }
  ({ server } = await serve(/(http:\S+)/, "--dir", dir, "--port", PORT, "--open"));
  const write = async (register: string, record: object) => {
    const answer = await fetch(`http://127.0.0.1:${PORT}/api/records`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ register, records: [record] }),
    });
    expect(answer.ok, `${register}: ${await answer.text()}`).toBe(true);
  };
  const org = "t01_v01";
  const person = { name: "张建明", sex: "1", birth_on: "1958-10-02", rural: true };
  await write("resident", { id: "zhang", org, fields: person });
  await write("resident_status", {
    id: "zhang-dibao",
    org,
    fields: { resident: "zhang", started_on: "2023-04-01", status: "dibao" },
  });
  await write("institution", {
    id: "county_hospital",
    org: "county_hospital",
    fields: { name: "示例县人民医院", kind: "general_hospital" },
  });
});

test.afterAll(() => {
  server?.kill();
  if (dir) rmSync(join(dir, ".."), { recursive: true, force: true });
});

test.beforeEach(({ page }) => {
  page.on("pageerror", (error) => {
    throw error;
  });
});

async function show(page: Page, name: string) {
  const before = page.viewportSize();
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.waitForTimeout(400);
    await fits(page, `${name} at ${size.width}`);
    await page.screenshot({ path: `${SHOTS}/${name}-${size.width}.png` });
  }
  if (before) await page.setViewportSize(before);
  await clean(page, name);
}

/** The worked bill of the payments: every layer is known to the fen. */
async function type(page: Page) {
  const bill = page.getByTestId("bill");
  await bill.locator("#field-resident").fill("张建明");
  await page
    .getByTitle(/张\*明/)
    .first()
    .click();
  await bill.locator("#field-on_date").fill("20260514");
  await bill.locator("#field-at").fill("2026-05-14 09:30");
  await bill.locator("#field-institution").click();
  await page
    .getByTitle(/示例县人民医院/)
    .first()
    .click();
  await bill.getByText("2 县级").click();
  await bill.getByText("3 低保").click();
  await bill.locator("#field-referred").getByText("2 否").click();
  await bill.locator("#field-total").fill("38642.35");
  await bill.locator("#field-out_cat").fill("3210.40");
  await bill.locator("#field-pre_pay").fill("1105.20");
}

test("a bill is planned while it is typed, settled once, and its statement printed", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${AT}/settle`);
  await type(page);
  await expect(page.getByTestId("total")).toHaveText("38,642.35");
  await expect(page.getByTestId("step").first()).toContainText("28,837.74");
  await show(page, "settle-planned");
  await page.keyboard.press("F8");
  await expect(page.getByTestId("print")).toBeEnabled();
  await expect(page.getByTestId("settle"), "no second time").toBeDisabled();
  await show(page, "settle-settled");
  await page.emulateMedia({ media: "print" });
  await expect(page.getByTestId("statement")).toBeVisible();
  await page.pdf({ path: `${SHOTS}/statement.pdf`, format: "A4" });
  await page.screenshot({ path: `${SHOTS}/statement.png` });
  await page.emulateMedia({ media: "screen" });
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("split")).toHaveCount(0);
  await expect(page.locator("#field-resident"), "ready for the next person").toBeFocused();
});

test("an expired scheme and parts above the whole are refused in words", async ({ page }) => {
  await page.goto(`${AT}/settle`);
  await type(page);
  await page.locator("#field-out_cat").fill("38000");
  await expect(page.getByText("目录外加先行自付大于总费用")).toBeVisible();
  await show(page, "settle-refused");
});
