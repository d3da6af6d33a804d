/**
 * Which folder may know which, and that nothing is computed.
 *
 * api ← locale ← view ← ui ← features ← app. A feature never imports another feature; ui asks the server nothing; no
 * feature turns a value into another number.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCE = join(process.cwd(), "src");
const MAY_IMPORT: Record<string, string[]> = {
  api: ["api"],
  locale: ["api", "locale"],
  view: ["api", "locale", "view"],
  ui: ["api", "locale", "view", "ui"],
  features: ["api", "locale", "view", "ui"],
  app: ["api", "locale", "view", "ui", "features", "app"],
};
const COMPUTING = /\b(parseFloat|parseInt|Number|Math)\b[.(]|\.(toFixed|reduce)\(/;

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."))
  .map((name) => ({ name, text: readFileSync(join(SOURCE, name), "utf8") }));

describe("the folders", () => {
  it.each(files.filter(({ name }) => name.includes("/")))(
    "$name imports only what lies below",
    ({ name, text }) => {
      const folder = name.split("/")[0] ?? "";
      const imported = [...text.matchAll(/from "@\/(\w+)/g)].map((match) => match[1]);
      for (const other of imported) expect(MAY_IMPORT[folder]).toContain(other);
      expect(text).not.toMatch(/from "\.\.\/\.\.\//);
      if (folder === "features") expect(text).not.toMatch(/from "\.\.\//);
    },
  );

  it("ui asks the server nothing", () => {
    const asking = files.filter(({ name, text }) => /^ui\//.test(name) && /useQuery|fetch\(/.test(text));
    expect(asking.map(({ name }) => name)).toEqual([]);
  });

  it("features compute nothing", () => {
    const computing = files.filter(({ name, text }) => /^features\//.test(name) && COMPUTING.test(text));
    expect(computing.map(({ name }) => name)).toEqual([]);
  });
});
