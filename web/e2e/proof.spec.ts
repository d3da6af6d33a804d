/** A finished report is dropped in, its wrong figure found and explained, another version compared. Real server only. */
import { expect, test } from "@playwright/test";

const SHOTS = "test-results";
const SIZES = [
  { width: 1440, height: 900 },
  { width: 768, height: 1024 },
  { width: 375, height: 812 },
];

const REPORT = `示例县卫生健康局2025年工作总结

一、人口与健康档案
全年出生2087人，其中男孩1143人、女孩934人。为居民建立健康档案328195份，建档率98.70%。
二、慢性病管理
高血压患者管理12000人，规范管理11100人，规范管理率92.50%。免费为困难群众检查15元×2000人，共3万元。
三、资金
全年支出610300元，其中门诊减免310200元，住院减免300100元。
`;

const file = (name: string, text: string) => ({
  name,
  mimeType: "text/plain",
  buffer: Buffer.from(text, "utf8"),
});

test.skip(!process.env.BASE_URL, "the fixtures read no files");

test("a report's wrong figure is found, explained and walked to; another version is compared", async ({
  page,
}) => {
  await page.goto("/proof");
  await page.getByTestId("proof-file").setInputFiles(file("总结.txt", REPORT));
  const findings = page.getByTestId("proof-finding");
  await expect(findings.first()).toContainText("2077");
  await expect(page.getByTestId("proof-summary")).toContainText("处数字");

  await page.keyboard.press("n");
  const wrong = page.getByTestId("proof-text").getByRole("button", { pressed: true });
  await expect(wrong).toContainText("2087");
  await expect(wrong).toBeInViewport();
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.screenshot({ path: `${SHOTS}/proof-${size.width}.png` });
  }

  const second = REPORT.replace("2087", "2077");
  await page.getByTestId("proof-other").setInputFiles(file("上一稿.txt", second));
  await expect(page.getByTestId("proof-changes").locator("tbody tr")).toHaveCount(1);
  await expect(page.getByTestId("proof-changes")).toContainText("2077人");

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "下载批注稿" }).click();
  expect((await saved).suggestedFilename()).toBe("总结-核验.html");
});

test("a file that is no text is refused in words", async ({ page }) => {
  await page.goto("/proof");
  await page.getByTestId("proof-file").setInputFiles({
    name: "坏.docx",
    mimeType: "application/octet-stream",
    buffer: Buffer.from("PK\u0003\u0004broken"),
  });
  await expect(page.getByRole("alert")).toContainText("坏.docx");
});
