/**
 * Every page as a screen reader meets it: axe-core finds nothing serious and nothing critical, light and dark, desk and phone.
 *
 * Real server only.
 */
import { expect, test } from "@playwright/test";
import { clean } from "./axe";
import { everyPage, stands, VISITS } from "./every-page";

const LOOKS = [
  { name: "light, at a desk", colorScheme: "light", width: 1440, height: 900 },
  { name: "dark, on a phone", colorScheme: "dark", width: 375, height: 812 },
] as const;

test.skip(!process.env.BASE_URL, "the fixtures hold no registers");

for (const { name: look, colorScheme, width, height } of LOOKS) {
  test.describe(look, () => {
    test.use({ colorScheme, viewport: { width, height } });

    test("nothing grave on any page", async ({ page, request }) => {
      for (const { name, path } of await everyPage(request)) {
        await page.goto(path);
        await stands(page);
        await clean(page, name);
      }
    });

    test("nothing grave where something is open", async ({ page }) => {
      await page.goto(`/registers?register=${VISITS}`);
      await page.getByTestId("new").click();
      await expect(page.getByTestId("record-form")).toBeVisible();
      await page.waitForTimeout(400);
      await clean(page, "a new record");
      await page.getByTestId("save").click();
      await expect(page.getByTestId("field-error").first()).toBeVisible();
      await expect(page.getByTestId("save-next")).toBeEnabled();
      await page.waitForTimeout(400);
      await clean(page, "what is missing in a record");
      await page.goto("/");
      await page.getByTestId("resident-search").fill("王");
      await expect(page.getByTestId("found-resident").first()).toBeVisible();
      await page.waitForTimeout(400);
      await clean(page, "people found");
      if (width < 768) {
        await page.goto("/tasks");
        await page.getByTestId("more-pages").click();
        await clean(page, "the other pages");
      }
    });
  });
}
