/**
 * Work on a phone, in a browser: the list under the thumb, a village's share of it, and what is wrong in the records.
 *
 * Runs on any county with tasks; nothing here knows a value beforehand.
 */
import { expect, type Page, test } from "@playwright/test";

const SHOTS = "test-results";
const PHONE = { width: 390, height: 844 };

const shot = (page: Page, name: string) => page.screenshot({ path: `${SHOTS}/${name}.png` });

test.beforeEach(({ page }) => {
  page.on("pageerror", (error) => {
    throw error;
  });
});

test("a village doctor finds what is due and opens a person with three presses", async ({ page }) => {
  await page.setViewportSize(PHONE);
  await page.goto("/tasks");
  const places = page.getByTestId("places").getByRole("link");
  await expect(page.getByTestId("task").first()).toBeVisible();
  // The county, then a township, then a village: each has no more than the one above.
  await places.first().click();
  await expect(page).toHaveURL(/org=/);
  await expect(page.getByTestId("task").first()).toBeVisible();
  await shot(page, "tasks-phone");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide, "nothing reaches beyond the phone").toBeLessThanOrEqual(0);
  const way = page.getByTestId("task").first().getByRole("link").first();
  const box = await way.boundingBox();
  expect(box?.height ?? 0, "as high as a thumb is wide").toBeGreaterThanOrEqual(44);
  await way.click();
  await expect(page).toHaveURL(/resident|register/);
});

test("overdue tasks say by how much, in words and in shape", async ({ page }) => {
  await page.goto("/tasks");
  const late = page.locator("[data-testid=task][data-window=overdue]").first();
  await expect(late).toBeVisible();
  await expect(late).toContainText(/逾期 \d+ 天|今天已逾时/);
  await expect(late.locator("svg")).toBeVisible();
});

test("a finding says what, why and what to do, and lists its rows", async ({ page }) => {
  await page.goto("/quality");
  const line = page.getByTestId("todo-line").first();
  await expect(line).toContainText("怎么办");
  await line.getByRole("button").click();
  await expect(page.getByTestId("finding").first()).toBeVisible();
  await shot(page, "quality");
  await page.setViewportSize(PHONE);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide, "nothing reaches beyond the phone").toBeLessThanOrEqual(0);
});

test("the same figure as it was and as it is, and the way back keeps to it", async ({ page }) => {
  await page.goto("/indicators");
  await page.getByTestId("tree").getByLabel("区划口径").click();
  await page.getByTitle("现行区划", { exact: true }).click();
  await expect(page).toHaveURL(/standing=as-is/);
  await page.getByTestId("figure").first().click();
  await expect(page).toHaveURL(/\/figure.*standing=as-is/);
  await expect(page.getByTestId("tree")).toContainText("现行区划");
  // Other pages stand in the administrative tree only, and do not seem to be about another one.
  await page.getByRole("link", { name: "驾驶舱" }).first().click();
  await expect(page).not.toHaveURL(/standing/);
});

test("alerts fit a phone, and each says since when it stands", async ({ page }) => {
  await page.setViewportSize(PHONE);
  await page.goto("/alerts?all=1");
  await expect(page.getByRole("heading", { name: "预警" }).first()).toBeVisible();
  for (const line of await page.getByTestId("alert").all())
    await expect(line).toContainText(/\d{4}-\d{2}-\d{2}/);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide, "nothing reaches beyond the phone").toBeLessThanOrEqual(0);
  await shot(page, "alerts-phone");
});
