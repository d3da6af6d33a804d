/** What axe-core says of the page that is open. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const GRAVE = new Set(["serious", "critical"]);

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

/** Nothing serious and nothing critical. */
export async function clean(page: Page, name: string) {
  const found = await grave(page);
  expect.soft(found, `${name}: ${page.url()}\n${found.join("\n")}`).toEqual([]);
}
