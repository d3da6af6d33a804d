/**
 * Browser tests, run against the server at `BASE_URL`; without one, against the fixtures.
 *
 * Debian's Chromium is used instead of a downloaded browser; `CHROMIUM` names another.
 */
import { defineConfig } from "@playwright/test";

const FIXTURES = "http://127.0.0.1:8849";
const baseURL = process.env.BASE_URL ?? FIXTURES;

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/playwright",
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: "list",
  use: {
    baseURL,
    locale: "zh-CN",
    viewport: { width: 1366, height: 768 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"],
    },
  },
  ...(process.env.BASE_URL
    ? {}
    : {
        webServer: {
          command: "npx vite --mode fixtures --port 8849 --strictPort",
          url: FIXTURES,
          reuseExistingServer: true,
        },
      }),
});
