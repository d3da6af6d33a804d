/**
 * Finding a resident, and deciding whether two records are one person, in a browser.
 *
 * On a real county two invented residents are written twice first, and everything is withdrawn again afterwards.
 */
import { type APIRequestContext, expect, type Page, test } from "@playwright/test";

const SHOTS = "test-results";
const real = Boolean(process.env.BASE_URL);
/** What a person of the county is found by; the fixtures know pinyin only. */
const WORDS = "zjg";

const shot = (page: Page, name: string) => page.screenshot({ path: `${SHOTS}/${name}.png` });

type Written = { id: string; version: number };
const mark = `e2e${Date.now()}`;
const written: Written[] = ["a1", "a2", "b1", "b2"].map((id) => ({ id: `${mark}${id}`, version: 1 }));

async function post(request: APIRequestContext, path: string, data: object) {
  const answer = await request.post(path, { data });
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
}

test.beforeAll(async ({ request }) => {
  if (!real) return;
  const county = await (await request.get("/api/county")).json();
  const village = county.orgs.find((one: { level: string }) => one.level === "village");
  const person = ({ id }: Written) => {
    const first = id.includes("a");
    return {
      id,
      org: village.id,
      fields: {
        name: first ? "张建国" : "王秀英",
        sex: first ? "1" : "2",
        birth_on: first ? "1950-03-12" : "1953-08-20",
        phone: first ? "10123456789" : "10987654321",
        rural: true,
      },
    };
  };
  await post(request, "/api/records", { register: "resident", records: written.map(person) });
});

test.afterAll(async ({ request }) => {
  if (!real) return;
  const records = written.map((one) => ({ ...one, withdraw: true, reason: "浏览器测试结束" }));
  await post(request, "/api/records", { register: "resident", records });
});

test.beforeEach(({ page }) => {
  page.on("pageerror", (error) => {
    throw error;
  });
});

test("a resident is found by a few letters, with the keyboard alone", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByTestId("resident-search")).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("resident-search")).toBeFocused();
  await page.keyboard.type(WORDS);
  const found = page.getByTestId("found-resident");
  await expect(found.first()).toBeVisible();
  await expect(found.first()).toContainText("*");
  expect(await found.count()).toBeGreaterThan(1);
  const second = (await found.nth(1).getAttribute("data-resident")) ?? "";
  // The list slides open; a picture of it is taken when it stands.
  await page.locator(".ant-select-dropdown:not([class*=slide])").waitFor();
  await shot(page, "11-search");

  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/resident\\?.*id=${second}`));
  expect(page.url(), "the words are not in the address").not.toContain(WORDS);
  await expect(page.getByTestId("resident-search")).toHaveValue("");
  await page.getByRole("button", { name: "核查" }).click();
  await expect(page.getByTestId("resident-name")).toContainText("*");
});

test("who is not there is said not to be", async ({ page }) => {
  await page.goto("/");
  await page.getByTestId("resident-search").fill("没有这个人");
  await expect(page.getByText("没有找到。")).toBeVisible();
});

test("a likely pair is decided and the decision is undone", async ({ page }) => {
  await page.goto("/matches");
  await expect(page.getByTestId("moment")).toContainText("比对");
  if (real) {
    // What was written a moment ago is in the next comparison.
    await page.getByTestId("renew").click();
    await expect(page.getByTestId("moment")).toHaveAttribute("data-working", "true");
  }
  // On a busy machine comparing everybody in the county takes a while; the page may be used meanwhile.
  await expect(page.getByTestId("moment")).toHaveAttribute("data-working", "false", { timeout: 90_000 });
  const pair = page.getByTestId("pair");
  await expect(pair).toBeVisible();
  const first = (await pair.getAttribute("data-pair")) ?? "";
  await expect(pair.locator("[data-row=name]")).toContainText("*");
  await expect(pair.locator("[data-row=birth_on]")).toContainText(/支持同一人 \+/);
  await shot(page, "12-match");

  await page.getByRole("button", { name: "跳过" }).click();
  await expect(pair).not.toHaveAttribute("data-pair", first);
  await page.goBack();
  await expect(pair).toHaveAttribute("data-pair", first);

  await page.getByRole("button", { name: "不是同一人" }).click();
  await expect(page.getByTestId("done")).toContainText("不是同一人");
  await expect(pair).not.toHaveAttribute("data-pair", first);
  await expect(page.getByTestId("decision").first()).toContainText("不是同一人");
  await page.getByTestId("done").getByTestId("undo").click();
  await page.getByRole("menuitem", { name: "看错了" }).click();
  await expect(pair).toHaveAttribute("data-pair", first);

  await page.getByRole("button", { name: "是同一人", exact: true }).click();
  await expect(page.getByTestId("decision").first()).toContainText("已并入");
  await shot(page, "13-merged");
  await page.getByTestId("decision").first().getByTestId("undo").click();
  await page.getByRole("menuitem", { name: "有新的依据" }).click();
  await expect(pair).toHaveAttribute("data-pair", first);
});

test("the pages fit a phone and speak English", async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 812 });
  await page.goto("/matches?lang=en");
  await expect(page.getByTestId("pair")).toBeVisible();
  await expect(page.getByRole("button", { name: "Two people" })).toBeVisible();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width, "no sideways scroll").toBeLessThanOrEqual(375);
  await shot(page, "14-match-phone");
});
