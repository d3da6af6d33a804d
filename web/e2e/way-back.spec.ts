/**
 * The way back of a number, in a browser: from the dashboard to the people, and from a sentence to its formula.
 *
 * Runs on any county whose dashboard and report are filled; nothing here knows a value beforehand.
 */
import { expect, type Locator, type Page, test } from "@playwright/test";

const RATE = "hypertension_standard_rate";
const SHOTS = "test-results";

const shot = (page: Page, name: string) => page.screenshot({ path: `${SHOTS}/${name}.png` });

async function exact(figure: Locator): Promise<string> {
  const value = await figure.getAttribute("data-value");
  expect(value, "the figure has a value").toBeTruthy();
  return value ?? "";
}

const headFigure = (page: Page) => page.getByTestId("figure-head").getByTestId("figure");

/** Opens the organisation of the next level that is listed first, and returns its id. */
async function drill(page: Page): Promise<string> {
  const child = page.getByTestId("children").getByTestId("figure").first();
  const org = (await child.getAttribute("data-org")) ?? "";
  const value = await exact(child);
  await child.click();
  await expect(headFigure(page)).toHaveAttribute("data-org", org);
  await expect(headFigure(page)).toHaveAttribute("data-value", value);
  return org;
}

test.beforeEach(({ page }) => {
  page.on("pageerror", (error) => {
    throw error;
  });
});

test("from the dashboard down to a resident's record", async ({ page }) => {
  await page.goto("/");
  const card = page.locator(`[data-testid=card][data-indicator=${RATE}]`);
  await expect(card).toBeVisible();
  await expect(page.getByTestId("attention")).toBeVisible();
  expect(await page.getByTestId("comparison").getByTestId("figure").count()).toBeGreaterThan(1);
  await shot(page, "1-dashboard");

  const value = await exact(card.getByTestId("figure"));
  await card.getByTestId("figure").click();
  await expect(headFigure(page)).toHaveAttribute("data-value", value);
  await expect(page.getByTestId("month-chart").locator("svg")).toBeVisible();
  await shot(page, "2-county");

  await drill(page);
  await expect(page.getByTestId("path").locator("> *")).toHaveCount(2);
  await shot(page, "3-township");
  await drill(page);
  await expect(page.getByTestId("path").locator("> *")).toHaveCount(3);
  await shot(page, "4-village");

  // The list total equals the number that opened it.
  const numerator = await headFigure(page).getAttribute("data-numerator");
  const denominator = await headFigure(page).getAttribute("data-denominator");
  await page.getByRole("tab", { name: "名单" }).click();
  await expect(page.getByTestId("rows-total")).toHaveAttribute("data-total", numerator ?? "");
  await shot(page, "5-rows");
  await page.getByTestId("part-denominator").click();
  await expect(page.getByTestId("rows-total")).toHaveAttribute("data-total", denominator ?? "");
  await expect(page.getByTestId("counted-row").first()).toBeVisible();

  await page.getByTestId("counted-row").first().getByRole("link").click();
  await expect(page).toHaveURL(/\/record\?/);
  await expect(page.getByTestId("record-versions").locator("li").first()).toBeVisible();
  await expect(page.getByTestId("record-fields").locator("dt").first()).toBeVisible();
  await shot(page, "6-record");

  await page.getByTestId("resident-link").click();
  await expect(page.getByTestId("resident-name")).toContainText("*");
  await page.getByTestId("timeline-entry").first().click();
  await expect(page).toHaveURL(/\/record\?/);
  await page.goBack();
  await expect(page.getByTestId("resident-name")).toBeVisible();
  expect(page.url(), "no citizen number in the address").not.toMatch(/\d{17}[\dX]/);
  await shot(page, "7-resident");
});

test("a figure in the report says how it came about", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("navigation").getByRole("link", { name: "报告" }).click();
  await expect(page.getByTestId("report")).toBeVisible();
  await shot(page, "8-report");

  const figure = page.locator(`[data-testid=report-figure][data-indicator=${RATE}]`).first();
  await figure.scrollIntoViewIfNeeded();
  await figure.hover();
  const origin = page.getByRole("tooltip").getByTestId("figure-origin");
  await expect(origin.getByTestId("formula")).toHaveText(/[\d,]+.*÷.*[\d,]+/);
  // The card grows out of its figure; a picture of it is taken when it stands.
  await page.locator(".ant-popover:not([class*=zoom])").waitFor();
  await expect(origin).toBeInViewport({ ratio: 1 });
  await shot(page, "9-report-hover");

  await figure.click();
  await expect(page.getByTestId("provenance").getByTestId("figure-origin")).toBeVisible();
  await page.getByTestId("open-figure").click();
  await expect(headFigure(page)).toHaveAttribute("data-indicator", RATE);
});

test("the report can be taken away in four formats", async ({ page, request }) => {
  test.skip(!process.env.BASE_URL, "the fixtures write no documents");
  await page.goto("/report");
  for (const format of ["docx", "pdf", "html", "md"]) {
    const href = await page.getByTestId(`download-${format}`).getAttribute("href");
    const file = await request.get(href ?? "");
    expect(file.ok(), `${format} downloads`).toBe(true);
    expect((await file.body()).length).toBeGreaterThan(1000);
  }
});

test("indicators are found by name, and the list counts what the figure says", async ({ page }) => {
  await page.goto("/indicators");
  await page.getByRole("textbox", { name: "搜指标名称" }).fill("hypertension_patients");
  const figure = page.locator("[data-testid=figure][data-indicator=hypertension_patients]");
  await expect(figure).toHaveCount(1);
  const value = await exact(figure);
  await figure.click();
  await page.getByRole("tab", { name: "名单" }).click();
  await expect(page.getByTestId("rows-total")).toHaveAttribute("data-total", value);
  await page.getByRole("tab", { name: "定义" }).click();
  await page.getByText("查看 SQL").click();
  await expect(page.locator("pre")).toContainText(/select/i);
});

test("the page speaks English, keeps its view, and fits a phone", async ({ page }) => {
  await page.goto("/?period=2025");
  await page.getByTestId("language").click();
  await expect(page).toHaveURL(/lang=en/);
  await expect(page).toHaveURL(/period=2025/);
  await expect(page.getByRole("heading", { name: "Cockpit" })).toBeVisible();

  await page.setViewportSize({ width: 375, height: 812 });
  for (const path of [
    "/",
    "/indicators",
    `/figure?indicator=${RATE}`,
    `/figure?indicator=${RATE}&tab=rows`,
    "/report",
  ]) {
    await page.goto(path);
    await expect(page.getByTestId("figure").or(page.getByTestId("report-figure")).first()).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, `${path} does not scroll sideways`).toBeLessThanOrEqual(375);
  }
  await page.goto("/");
  await expect(page.getByTestId("card").first()).toBeVisible();
  await shot(page, "10-phone");
});

test("a refusal says what and next, and the rest of the page stays", async ({ page }) => {
  await page.goto("/figure?indicator=no_such_indicator");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByRole("button", { name: "重试" })).toBeVisible();
  await expect(page.getByRole("navigation").getByRole("link", { name: "驾驶舱" })).toBeVisible();
});
