/**
 * Every page as a screen reader meets it: axe-core finds nothing serious and nothing critical, light and dark, desk and phone.
 *
 * Real server only.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page, test } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { everyPage, stands, VISITS } from "./every-page";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LOOKS = [
  { name: "light, at a desk", colorScheme: "light", width: 1440, height: 900 },
  { name: "dark, on a phone", colorScheme: "dark", width: 375, height: 812 },
] as const;
const GRAVE = new Set(["serious", "critical"]);

test.skip(!process.env.BASE_URL, "the fixtures hold no registers");

/** What is grave on this page, each with the elements it is about. */
async function grave(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  // A list of suggestions scrolls with the arrow keys of its input, which axe does not see.
  const results: AxeResults = await page.evaluate(
    "axe.run({exclude: [['.ant-select-dropdown-list-holder']]})",
  );
  return results.violations
    .filter(({ impact }) => GRAVE.has(impact ?? ""))
    .map(({ id, nodes }) => {
      const where = nodes
        .slice(0, 4)
        .map(
          (node) =>
            `    ${node.html.slice(0, 160)}\n      ${node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? ""}`,
        );
      return `${id} (${nodes.length})\n${where.join("\n")}`;
    });
}

async function clean(page: Page, name: string) {
  const found = await grave(page);
  expect.soft(found, `${name}: ${page.url()}\n${found.join("\n")}`).toEqual([]);
}

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
