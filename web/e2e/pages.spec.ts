/**
 * Every page at every width and in both languages: nothing reaches beyond the screen, and the bar under the thumb holds five entries at most.
 *
 * Real server only. Pictures of all of it are left in test-results.
 */
import { expect, test } from "@playwright/test";
import { everyPage, fits, stands, VISITS } from "./every-page";

const SHOTS = "test-results/pages";
/** Phones, a tablet or a desk at 200 %, desks, a wall. */
const WIDTHS = [312, 375, 683, 768, 1024, 1440, 1920];
const HEIGHT: Record<number, number> = { 312: 694, 375: 812, 1920: 1080 };
const size = (width: number) => ({ width, height: HEIGHT[width] ?? 900 });
/** Long enough for a drawer to slide in and for a chart to be drawn anew. */
const STANDS_MS = 250;
const BAR = 5;

test.skip(!process.env.BASE_URL, "the fixtures hold no registers");
test.beforeEach(({ page }) => {
  page.on("pageerror", (error) => {
    throw error;
  });
  // What the policy of the server forbids, and what a library complains of, is said in the console.
  page.on("console", (message) => expect.soft(message.type(), message.text()).not.toBe("error"));
});

for (const lang of ["zh", "en"]) {
  test(`every page fits every width, ${lang}`, async ({ page, request }) => {
    test.setTimeout(300_000);
    for (const { name, path } of await everyPage(request)) {
      await page.setViewportSize(size(375));
      await page.goto(lang === "en" ? `${path}${path.includes("?") ? "&" : "?"}lang=en` : path);
      await stands(page);
      for (const width of WIDTHS) {
        await page.setViewportSize(size(width));
        await page.waitForTimeout(STANDS_MS);
        await fits(page, `${name}, ${lang}, at ${width}`);
        await page.screenshot({ path: `${SHOTS}/${name}-${lang}-${width}.png` });
      }
    }
  });

  test(`a form opened over a register fits every width, ${lang}`, async ({ page }) => {
    await page.goto(`/registers?register=${VISITS}&lang=${lang}`);
    await page.getByTestId("new").click();
    await expect(page.getByTestId("record-form")).toBeVisible();
    for (const width of WIDTHS) {
      await page.setViewportSize(size(width));
      await page.waitForTimeout(STANDS_MS);
      await fits(page, `the form, ${lang}, at ${width}`);
      await page.screenshot({ path: `${SHOTS}/register-form-${lang}-${width}.png` });
    }
  });
}

test("the bar under the thumb holds five entries, the rest is under 更多", async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 812 });
  await page.goto("/tasks");
  const bar = page.getByTestId("phone-bar");
  await expect(bar.locator("a:visible, button:visible")).toHaveCount(BAR);
  for (const entry of await bar.locator("a:visible, button:visible").all()) {
    const box = await entry.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0), "a thumb finds it").toBeGreaterThanOrEqual(44);
  }
  await page.getByTestId("more-pages").click();
  await expect(page.getByTestId("more-pages")).toHaveAttribute("aria-expanded", "true");
  await page.screenshot({ path: `${SHOTS}/more-375.png` });
  await bar.getByRole("link", { name: "核验" }).click();
  await expect(page).toHaveURL(/\/proof/);
  await expect(bar.getByRole("link", { name: "核验" })).toBeHidden();
  await page.getByTestId("more-pages").click();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("more-pages")).toBeFocused();
  await expect(bar.locator("a:visible, button:visible")).toHaveCount(BAR);
});
