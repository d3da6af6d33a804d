/**
 * A clerk's work in a register, in a browser: found, filtered, written with advice, corrected, withdrawn; a file checked and
 * written; a bill settled and its statement printed. Real server only; what is written is withdrawn again.
 */
import { type APIRequestContext, expect, type Page, test } from "@playwright/test";

const SHOTS = "test-results";
const SIZES = [
  { width: 1440, height: 900 },
  { width: 768, height: 1024 },
  { width: 375, height: 812 },
];
const VISITS = "hypertension_followup";

test.skip(!process.env.BASE_URL, "the fixtures hold no registers");
test.beforeEach(({ page }) => {
  page.on("pageerror", (error) => {
    throw error;
  });
});

/** Pictures at three sizes, none of which scrolls sideways. */
async function shots(page: Page, name: string) {
  const before = page.viewportSize();
  for (const size of SIZES) {
    await page.setViewportSize(size);
    // A drawer slides in; a picture of it is taken when it stands.
    await page.waitForTimeout(400);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide, `${name} does not scroll sideways at ${size.width}`).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `${SHOTS}/${name}-${size.width}.png` });
  }
  if (before) await page.setViewportSize(before);
}

/** A patient of the county: whoever the first visit on the list is about. */
async function somebody(request: APIRequestContext): Promise<string> {
  const list = await (await request.post(`/api/registers/${VISITS}/find`, { data: { limit: 1 } })).json();
  return list.rows[0].resident;
}

test("a register is filtered, paged, and its view is a link", async ({ page }) => {
  await page.goto("/registers");
  await expect(page.getByTestId("register").first()).toBeVisible();
  await shots(page, "registers");
  await page.goto(`/registers?register=${VISITS}`);
  await expect(page.getByTestId("list-row").first()).toBeVisible();
  const all = await page.getByTestId("list-total").textContent();
  await shots(page, "register-list");
  await page.getByTestId("more").click();
  await expect(page.getByTestId("list-row")).toHaveCount(100);
  await page.goto(`/registers?register=${VISITS}&f.way=1&f.sbp=150..`);
  await expect(page.getByTestId("filter")).toHaveCount(2);
  await expect(page.getByTestId("list-total")).not.toHaveText(all ?? "");
  await page.goto(`/registers?register=${VISITS}&f.sbp=299..`);
  await expect(page.getByText("没有符合条件的记录。")).toBeVisible();
});

test("a visit is written with advice, moves the figure, is corrected and withdrawn", async ({
  page,
  request,
}) => {
  const resident = await somebody(request);
  const count = async () => {
    const figure = await (await request.get("/api/figure?indicator=hypertension_visits")).json();
    return BigInt(figure.figure.value);
  };
  const before = await count();
  const figures = await page.context().newPage();
  await figures.goto("/figure?indicator=hypertension_visits");
  const shown = figures.getByTestId("figure-head").getByTestId("figure");
  await expect(shown).toHaveAttribute("data-value", `${before}`);

  await page.goto(`/registers?register=${VISITS}`);
  await expect(page.getByTestId("list-row").first()).toBeVisible();
  await page.getByTestId("new").click();
  const form = page.getByTestId("record-form");
  await form.locator("#field-resident").fill(resident);
  await page.keyboard.press("Tab");
  await form.locator("#field-sbp").fill("186");
  await form.locator("#field-dbp").fill("112");
  await expect(page.getByTestId("advice")).toContainText("186/112");
  // Found people are offered while their field is being written in, not over the rest of the form.
  await expect(page.locator(".ant-select-dropdown:visible")).toHaveCount(0);
  await shots(page, "register-form");
  await page.getByTestId("save").click();
  await expect(page.getByTestId("field-error").first()).toBeVisible();
  await page.keyboard.press("Escape");

  // The rest of the way goes over the API that the form uses, so that the person need not be one who can be found by name.
  const county = await (await request.get("/api/county")).json();
  const village = county.orgs.find((one: { level: string }) => one.level === "village").id;
  const fields = {
    resident,
    on_date: "2025-12-30",
    way: "1",
    sbp: 136,
    dbp: 84,
    adherence: "1",
    reaction: false,
    class: "1",
    referred: false,
  };
  const key = `e2e${Date.now()}`;
  const written = await request.post(`/api/registers/${VISITS}`, { data: { org: village, key, fields } });
  expect(written.status(), await written.text()).toBe(201);
  const { id } = await written.json();
  expect(await count()).toBe(before + 1n);
  // Nobody reloads the other page.
  await expect(shown).toHaveAttribute("data-value", `${before + 1n}`);

  await page.goto(`/registers?register=${VISITS}&id=${id}`);
  await page.getByTestId("correct").click();
  await page.locator("#field-sbp").fill("138");
  await page.getByTestId("reason").fill("录入错误");
  await page.getByTestId("save").click();
  await expect(page.getByTestId("record-versions").locator("li")).toHaveCount(2);
  await shots(page, "register-record");
  await page.getByTestId("withdraw").click();
  await page.getByTestId("act-reason").fill("浏览器测试结束");
  await page.getByTestId("act").click();
  await expect(page.getByText("本记录已作废")).toBeVisible();
  expect(await count()).toBe(before);
});

test("a visit is written from paper with the keyboard alone", async ({ page, request }) => {
  await page.goto(`/registers?register=${VISITS}`);
  await expect(page.getByTestId("list-row").first()).toBeVisible();
  await page.keyboard.press("n");
  await expect(page.locator("#field-resident")).toBeFocused();
  await page.keyboard.type("zjg");
  await expect(page.locator(".ant-select-item-option").first()).toBeVisible();
  await page.keyboard.press("Enter");
  const enter = async (text: string) => {
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
  };
  await page.keyboard.press("Enter");
  await expect(page.locator("#field-on_date")).toBeFocused();
  // Way, systolic, diastolic, heart rate, weight, cigarettes, adherence, reaction, class, referred.
  for (const text of ["20251230", "2", "134", "82", "76", "", "", "1", "", "1", ""]) await enter(text);
  await expect(page.locator("#field-on_date")).toHaveValue("2025-12-30");
  await expect(page.getByTestId("save")).toBeFocused();
  const saved = page.waitForResponse(
    (answer) => answer.url().endsWith(`/api/registers/${VISITS}`) && answer.request().method() === "POST",
  );
  await page.keyboard.press("Enter");
  const answer = await saved;
  expect(answer.status(), await answer.text()).toBe(201);
  expect(answer.request().postDataJSON().fields).toMatchObject({
    on_date: "2025-12-30",
    way: "2",
    sbp: 134,
    dbp: 82,
    heart_rate: 76,
    adherence: "1",
    class: "1",
  });
  const { id } = await answer.json();
  const withdrawn = await request.post(`/api/registers/${VISITS}/${id}`, {
    data: { version: 1, action: "withdraw", reason: "浏览器测试结束", fields: {} },
  });
  expect(withdrawn.ok(), await withdrawn.text()).toBe(true);
});

test("a file is checked first and its wrong rows come back", async ({ page, request }) => {
  const resident = await somebody(request);
  const county = await (await request.get("/api/county")).json();
  const village = county.orgs.find((one: { level: string }) => one.level === "village").id;
  const mark = `e2e${Date.now()}`;
  const head = "id,org,resident,on_date,way,sbp,dbp,adherence,reaction,class,referred";
  const rows = [
    `${mark},${village},${resident},2025-12-29,1,134,82,1,否,1,否`,
    `${mark}x,${village},${resident},2025-12-28,1,80,112,1,否,1,否`,
  ];
  await page.goto(`/import?register=${VISITS}`);
  await page.getByTestId("import-file").setInputFiles({
    name: "随访.csv",
    mimeType: "text/csv",
    buffer: Buffer.from([head, ...rows].join("\n"), "utf8"),
  });
  await expect(page.getByTestId("import-phase")).toHaveAttribute("data-phase", "checked");
  await expect(page.getByTestId("import-counts")).toContainText("1");
  await expect(page.getByTestId("import-workbook")).toBeVisible();
  await shots(page, "import");
  const saved = page.waitForEvent("download");
  await page.getByTestId("import-workbook").click();
  expect((await saved).suggestedFilename()).toBe("错误行.xlsx");
  await page.getByTestId("import-write").click();
  await expect(page.getByTestId("import-phase")).toHaveAttribute("data-phase", "written");
  const withdrawn = await request.post(`/api/registers/${VISITS}/${mark}`, {
    data: { version: 1, action: "withdraw", reason: "浏览器测试结束", fields: {} },
  });
  expect(withdrawn.ok(), await withdrawn.text()).toBe(true);
});

test("a resident stands on one page", async ({ page, request }) => {
  const resident = await somebody(request);
  await page.goto(`/resident?id=${resident}&purpose=follow_up`);
  await expect(page.getByTestId("resident-stays").locator("li").first()).toBeVisible();
  await expect(page.getByTestId("resident-looks").locator("li").first()).toContainText("随访");
  await shots(page, "resident-around");
});

test("the window shows who pays, and why", async ({ page, request }) => {
  const { schemes } = await (await request.get("/api/settle")).json();
  test.skip(
    !schemes.some((one: { id: string }) => one.id === "one_stop"),
    "the county has no one-stop settlement",
  );
  await page.goto("/settle?scheme=one_stop");
  await expect(page.getByTestId("bill")).toBeVisible();
  await shots(page, "settle-empty");
});
