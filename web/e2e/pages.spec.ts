/**
 * Every page at every width: nothing reaches beyond the screen, and the bar under the thumb holds five entries at most.
 *
 * Real server only. Pictures of all of it are left in test-results.
 */
import { expect, test } from "@playwright/test";
import { everyPage, fits, stands, VISITS } from "./every-page";

const SHOTS = "test-results/pages";
const SIZES = [
  { width: 312, height: 694 },
  { width: 375, height: 812 },
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
];
const BAR = 5;

test.skip(!process.env.BASE_URL, "the fixtures hold no registers");
test.beforeEach(({ page }) => {
  page.on("pageerror", (error) => {
    throw error;
  });
  // What the policy of the server forbids, and what a library complains of, is said in the console.
  page.on("console", (message) => expect.soft(message.type(), message.text()).not.toBe("error"));
});

for (const size of SIZES) {
  test(`every page fits ${size.width} pixels`, async ({ page, request }) => {
    await page.setViewportSize(size);
    for (const { name, path } of await everyPage(request)) {
      await page.goto(path);
      await stands(page);
      await fits(page, `${name} at ${size.width}`);
      await page.screenshot({ path: `${SHOTS}/${name}-${size.width}.png` });
    }
  });

  test(`a form opened over a register fits ${size.width} pixels`, async ({ page }) => {
    await page.setViewportSize(size);
    await page.goto(`/registers?register=${VISITS}`);
    await page.getByTestId("new").click();
    await expect(page.getByTestId("record-form")).toBeVisible();
    // The drawer slides in; what counts is where it stands.
    await page.waitForTimeout(400);
    await fits(page, `the form at ${size.width}`);
    await page.screenshot({ path: `${SHOTS}/register-form-${size.width}.png` });
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
