/**
 * A day of each post, signed in: what one lands on, does, and does not find in the menu.
 *
 * Starts its own server with accounts, as accounts.spec.ts does. What is written is withdrawn again.
 */
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { clean } from "./axe";
import { fits, stands, VISITS } from "./every-page";
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

const SHOTS = "test-results/journeys";
const SIZES = [
  { width: 375, height: 812 },
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
];
const PHONE = { width: 375, height: 812 };
const DESK = { width: 1440, height: 900 };
const SCREEN = { width: 1920, height: 1080 };
const RATE = "hypertension_standard_rate";

test.skip(!HAS_OWN, "needs a county of its own: cargo xtask test");

type Org = { id: string; name: string; kind: string; parent: string };
const ORGS: Org[] = readFileSync("../counties/s0/orgs.csv", "utf8")
  .split("\n")
  .slice(1)
  .map((line) => line.split(","))
  .map(([id = "", name = "", kind = "", , parent = ""]) => ({ id, name, kind, parent }));
const of = (kind: string, parent?: string) =>
  ORGS.find((org) => org.kind === kind && (!parent || org.parent === parent))?.id ?? "";
const COUNTY = of("county");
const TOWN = of("township");

const PEOPLE = {
  village: { person: "刘敏", role: `village_doctor@${of("village", TOWN) || of("community", TOWN)}` },
  clerk: { person: "王芳", role: `township_clerk@${TOWN}` },
  window: { person: "赵倩", role: `hospital@${of("general_hospital")}` },
  money: { person: "钱进", role: `finance@${COUNTY}` },
  bureau: { person: "李军", role: `office@${COUNTY}` },
  chief: { person: "陈立", role: `leader@${COUNTY}` },
  audit: { person: "吴芳", role: `audit_administrator@${COUNTY}` },
  system: { person: "孙立", role: `system_administrator@${COUNTY}` },
} as const;
type Who = keyof typeof PEOPLE;

let server: ChildProcess;
const passwords = new Map<string, string>();

test.beforeAll(async () => {
  withoutAccounts();
  for (const [who, { person, role }] of Object.entries(PEOPLE)) {
    const told = console_("accounts", "add", who, "--person", person, "--role", role);
    passwords.set(who, told.split("\n")[0]?.trim() ?? "");
  }
  ({ server } = await serve(/(http:\S+)/, "--dir", DIR, "--port", PORT));
});

test.afterAll(() => {
  server?.kill();
});

test.beforeEach(({ page }) => {
  page.on("pageerror", (error) => {
    throw error;
  });
});

async function enter(page: Page, who: Who) {
  const password = passwords.get(who) ?? "";
  await signIn(page, who, password);
  if (password !== OWN) await choosePassword(page, password);
  passwords.set(who, OWN);
  await expect(page.getByTestId("account")).toBeVisible();
}

/** Pictures at three sizes, each of which fits; and nothing grave for a screen reader. */
async function show(page: Page, name: string) {
  const before = page.viewportSize();
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.waitForTimeout(400);
    await fits(page, `${name} at ${size.width}`);
    await page.screenshot({ path: `${SHOTS}/${name}-${size.width}.png` });
  }
  if (before) await page.setViewportSize(before);
  await page.waitForTimeout(400);
  await clean(page, name);
}

test("village doctor: the day's tasks, one of them written, gone from the list", async ({ page }) => {
  await page.setViewportSize(PHONE);
  await enter(page, "village");
  await expect(page).toHaveURL(/\/tasks/);
  await page.goto(`${AT}/tasks?task=hypertension_due`);
  const first = page.getByTestId("task").first();
  await expect(first).toBeVisible();
  await show(page, "village-tasks");
  const about = (await first.getAttribute("data-about")) ?? "";
  const name = (await first.locator("strong").textContent())?.split(" ")[0] ?? "";

  await first.getByTestId("task-write").click();
  const form = page.getByTestId("record-form");
  await expect(form.locator("#field-resident")).toHaveValue(name);
  await form.getByText("2 家庭").click();
  await form.locator("#field-sbp").fill("186");
  await form.locator("#field-dbp").fill("112");
  await expect(page.getByTestId("advice")).toContainText("186/112");
  await form.getByText("1 规律").click();
  await form.getByText("2 控制不满意").click();
  await show(page, "village-form");
  await form.locator("#field-sbp").fill("134");
  await form.locator("#field-dbp").fill("82");
  const saved = page.waitForResponse(
    (answer) => answer.url().endsWith(`/api/registers/${VISITS}`) && answer.request().method() === "POST",
  );
  await page.getByTestId("save").click();
  const written: { id: string; version: number } = await (await saved).json();
  await expect(page).toHaveURL(/\/tasks/);
  await expect(page.getByTestId("task").first()).toBeVisible();
  await expect(page.locator(`[data-testid=task][data-about="${about}"]`)).toHaveCount(0);
  await show(page, "village-done");

  await page.goto(`${AT}/registers?register=${VISITS}&id=${written.id}`);
  await page.getByTestId("withdraw").click();
  await page.getByTestId("act-reason").fill("浏览器测试结束");
  await page.getByTestId("act").click();
  await expect(page.getByText("本记录已作废")).toBeVisible();
});

test("township clerk: found, filtered, corrected, put right again", async ({ page }) => {
  await page.setViewportSize(DESK);
  await enter(page, "clerk");
  await expect(page).toHaveURL(/\/tasks/);
  await page.getByRole("navigation").getByRole("link", { name: "台账" }).click();
  await page.getByTestId("register").filter({ hasText: "高血压随访" }).click();
  const rows = page.getByTestId("list-row");
  await expect(rows.first()).toBeVisible();
  await show(page, "clerk-register");
  await page.getByTestId("list-words").fill("zh");
  await expect(rows.first()).toBeVisible();
  await page.goto(`${AT}/registers?register=${VISITS}&f.way=1&f.sbp=140..`);
  await expect(page.getByTestId("filter")).toHaveCount(2);
  await expect(rows.first()).toBeVisible();
  await show(page, "clerk-filtered");

  await rows.first().click();
  await page.getByTestId("correct").click();
  const old = await page.locator("#field-sbp").inputValue();
  await page.locator("#field-sbp").fill("151");
  await page.getByTestId("reason").fill("抄错一位");
  await page.getByTestId("save").click();
  const versions = page.getByTestId("record-versions").locator("li");
  await expect(versions.first()).toContainText("抄错一位");
  await show(page, "clerk-corrected");
  await page.getByTestId("correct").click();
  await page.locator("#field-sbp").fill(old);
  await page.getByTestId("reason").fill("浏览器测试结束");
  await page.getByTestId("save").click();
  await expect(versions.first()).toContainText("浏览器测试结束");
});

test("bureau office: a file with a wrong row comes back as a workbook", async ({ page }) => {
  await page.setViewportSize(DESK);
  await enter(page, "bureau");
  await page.goto(`${AT}/import?register=${VISITS}`);
  await show(page, "office-import");
  const found = await page.request.post(`${AT}/api/registers/${VISITS}/find`, { data: { limit: 1 } });
  const { resident } = (await found.json()).rows[0];
  const village = of("village", TOWN) || of("community", TOWN);
  const mark = `e2e${Date.now()}`;
  await page.getByTestId("import-file").setInputFiles({
    name: "随访.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(
      [
        "id,org,resident,on_date,way,sbp,dbp,adherence,reaction,class,referred",
        `${mark},${village},${resident},2025-12-29,1,134,82,1,否,1,否`,
        `${mark}x,${village},${resident},2025-12-28,1,80,112,1,否,1,否`,
      ].join("\n"),
    ),
  });
  await expect(page.getByTestId("import-phase")).toHaveAttribute("data-phase", "checked");
  const workbook = page.waitForEvent("download");
  await page.getByTestId("import-workbook").click();
  expect((await workbook).suggestedFilename()).toBe("错误行.xlsx");
  await show(page, "office-checked");
});

test("hospital: the day begins at the window", async ({ page }) => {
  await page.setViewportSize(DESK);
  await enter(page, "window");
  await expect(page).toHaveURL(/\/settle/);
  await stands(page);
  await show(page, "window");
});

test("finance: figures and the report, and nobody's record", async ({ page }) => {
  await page.setViewportSize(DESK);
  await enter(page, "money");
  await expect(page.getByTestId("card").first()).toBeVisible();
  await expect(page.getByRole("navigation").getByRole("link", { name: "台账" })).toHaveCount(0);
  await expect(page.getByTestId("resident-search")).toHaveCount(0);
  await page.goto(`${AT}/figure?indicator=${RATE}&tab=rows`);
  await expect(page.getByRole("alert").first()).toBeVisible();
  await show(page, "finance-refused");
});

test("bureau office: from an indicator to its people, then the report and a text to prove", async ({
  page,
}) => {
  await page.setViewportSize(DESK);
  await enter(page, "bureau");
  await expect(page.getByTestId("card").first()).toBeVisible();
  await page.getByRole("navigation").getByRole("link", { name: "指标" }).click();
  await page.getByRole("textbox", { name: "搜指标名称" }).fill("高血压患者规范管理率");
  await show(page, "office-indicators");
  await page.locator(`[data-testid=figure][data-indicator=${RATE}]`).first().click();
  await expect(page.getByTestId("month-chart").locator("svg")).toBeVisible();
  await show(page, "office-figure");
  await page.getByRole("tab", { name: "名单" }).click();
  await expect(page.getByTestId("counted-row").first()).toBeVisible();
  await show(page, "office-people");

  await page.goto(`${AT}/report`);
  await expect(page.getByTestId("report")).toBeVisible();
  await page.locator("[data-testid=report-figure]").first().click();
  await show(page, "office-report");
  await page.goto(`${AT}/proof`);
  await page.getByTestId("proof-file").setInputFiles({
    name: "总结.txt",
    mimeType: "text/plain",
    buffer: Buffer.from(
      "示例县2025年工作总结\n\n全年出生2087人，其中男孩1143人、女孩934人。高血压患者管理12000人，规范管理11100人，规范管理率92.50%。\n",
    ),
  });
  await expect(page.getByTestId("proof-finding").first()).toContainText("2077");
  await show(page, "office-proof");
});

test("leader: one screen, and nothing to press that is not theirs", async ({ page }) => {
  await page.setViewportSize(SCREEN);
  await enter(page, "chief");
  await expect(page.getByTestId("attention")).toBeVisible();
  await expect(page.getByTestId("comparison").getByTestId("figure").first()).toBeVisible();
  await stands(page);
  await show(page, "leader");
  const menu = page.getByRole("navigation").getByRole("link");
  await expect(menu.filter({ hasText: "结算窗口" })).toHaveCount(0);
  // A leader is led to no list of people.
  await expect(page.getByRole("link", { name: "看名单" })).toHaveCount(0);
});

test("audit administrator: who did what", async ({ page }) => {
  await page.setViewportSize(DESK);
  await enter(page, "audit");
  await expect(page.getByTestId("audit-line").first()).toBeVisible();
  await expect(page.getByRole("link", { name: "驾驶舱" })).toHaveCount(0);
  await show(page, "audit");
});

test("system administrator: accounts, and nobody's health", async ({ page }) => {
  await page.setViewportSize(DESK);
  await enter(page, "system");
  await expect(page.getByTestId("account-line").first()).toBeVisible();
  await show(page, "accounts");
  await page.getByTestId("new-account").click();
  await expect(page.getByTestId("making")).toBeVisible();
  await show(page, "accounts-new");
  await page.goto(`${AT}/account`);
  await expect(page.getByTestId("password")).toBeVisible();
  await show(page, "account");
});
