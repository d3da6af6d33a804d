/**
 * Takes every page at every width, light and dark, in both languages: `npm run shots [folder]`.
 *
 * Reads from `BASE_URL` or from a fixture server on port 8849 that is already running.
 */
import { mkdirSync } from "node:fs";
import { chromium } from "@playwright/test";

const base = process.env.BASE_URL ?? "http://127.0.0.1:8849";
const folder = process.argv[2] ?? "test-results/shots";
const only = process.argv[3];

const FIGURE = "/figure?indicator=hypertension_standard_rate&period=2025";
const PAGES = {
  dashboard: "/",
  indicators: "/indicators",
  figure: `${FIGURE}&org=s0`,
  rows: `${FIGURE}&org=t1&tab=rows`,
  definition: `${FIGURE}&org=t1&tab=definition`,
  record: "/record?register=hypertension&id=hypertension-t1-numerator-1",
  resident: "/resident?id=p-hypertension-t1-numerator-1&purpose=review",
  purpose: "/resident?id=p-hypertension-t1-numerator-1",
  matches: "/matches",
  tasks: "/tasks?org=t1v1",
  tasks_county: "/tasks",
  alerts: "/alerts?all=1",
  quality: "/quality?rule=hypertension_followup.hypertension_visit_after_death",
  report: "/report?fig=hypertension_standard_rate~s0~2025",
  past: "/?as_of=2025-06-30",
  error: "/figure?indicator=nothing",
};
const SIZES = { 1366: [1366, 768], 1920: [1920, 1080], 375: [375, 812] };
const LOOKS = { light: "", dark: "", en: "lang=en" };

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"],
});
for (const [size, [width, height]] of Object.entries(SIZES)) {
  for (const [look, query] of Object.entries(LOOKS)) {
    const context = await browser.newContext({
      viewport: { width, height },
      locale: "zh-CN",
      colorScheme: look === "dark" ? "dark" : "light",
    });
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && console.error(message.text()));
    for (const [name, path] of Object.entries(PAGES)) {
      const file = `${name}-${size}-${look}`;
      if (only && !new RegExp(only).test(file)) continue;
      const joined = query === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${query}`;
      await page.goto(base + joined);
      await page.waitForLoadState("networkidle");
      await page.waitForTimeout(250);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) console.error(`${file}: scrolls sideways, ${wide} px`);
      await page.screenshot({ path: `${folder}/${file}.png` });
    }
    await context.close();
  }
}
await browser.close();
