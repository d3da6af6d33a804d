/** Every page of the application, with people and records of whatever county is served. */
import { type APIRequestContext, expect, type Page } from "@playwright/test";

export const VISITS = "hypertension_followup";
const RATE = "hypertension_standard_rate";

export type Visit = { name: string; path: string };

/** The pages, each under the name of its pictures. */
export async function everyPage(request: APIRequestContext): Promise<Visit[]> {
  const found = await request.post(`/api/registers/${VISITS}/find`, { data: { limit: 1 } });
  expect(found.ok(), await found.text()).toBe(true);
  const [visit] = (await found.json()).rows;
  return [
    { name: "cockpit", path: "/" },
    { name: "cockpit-past", path: "/?as_of=2025-06-30" },
    { name: "cockpit-wall", path: "/?screen=1" },
    { name: "indicators", path: "/indicators" },
    { name: "figure", path: `/figure?indicator=${RATE}` },
    { name: "figure-rows", path: `/figure?indicator=${RATE}&tab=rows` },
    { name: "figure-definition", path: `/figure?indicator=${RATE}&tab=definition` },
    { name: "registers", path: "/registers" },
    { name: "register", path: `/registers?register=${VISITS}` },
    { name: "register-record", path: `/registers?register=${VISITS}&id=${visit.id}` },
    { name: "import", path: `/import?register=${VISITS}` },
    { name: "record", path: `/record?register=${VISITS}&id=${visit.id}` },
    { name: "resident-purpose", path: `/resident?id=${visit.resident}` },
    { name: "resident", path: `/resident?id=${visit.resident}&purpose=follow_up` },
    { name: "matches", path: "/matches" },
    { name: "tasks", path: "/tasks" },
    { name: "alerts", path: "/alerts" },
    { name: "quality", path: "/quality" },
    { name: "funnels", path: "/funnels" },
    { name: "report", path: "/report" },
    { name: "proof", path: "/proof" },
    { name: "settle", path: "/settle" },
    { name: "account", path: "/account" },
    { name: "lost", path: "/no-such-page" },
  ];
}

/** Waits until the page stands: its heading is there and nothing is being asked any more. */
export async function stands(page: Page) {
  await page.waitForLoadState("networkidle");
  await expect(page.locator("h1").first()).toBeVisible();
  await expect(page.locator("[data-waiting]")).toHaveCount(0);
}

/** Nothing reaches beyond the right edge; what does is named. */
export async function fits(page: Page, name: string) {
  const beyond = await page.evaluate(() => {
    const width = window.innerWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
      .filter((one) => one.getBoundingClientRect().right > width + 1)
      .map((one) => `${one.tagName.toLowerCase()}.${one.className} ${one.getBoundingClientRect().right}`)
      .slice(0, 12);
  });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect.soft(wide, `${name} scrolls sideways: ${beyond.join("; ")}`).toBeLessThanOrEqual(0);
}
