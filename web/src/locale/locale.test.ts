/** Every word exists in both languages, is used somewhere, and fits its slots. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { translator } from ".";
import { en } from "./en";
import { zh } from "./zh";

const SOURCE = join(process.cwd(), "src");

function sources(): string {
  return readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/^locale|\.test\./.test(name))
    .map((name) => readFileSync(join(SOURCE, name), "utf8"))
    .join("\n");
}

const slots = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe("the words", () => {
  it("have the same keys in both languages", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  });

  it("are all used", () => {
    const text = sources();
    const unused = Object.keys(zh).filter((key) => !text.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });

  it("have the same slots in both languages", () => {
    for (const key of Object.keys(zh) as (keyof typeof zh)[])
      expect(slots(en[key]), key).toEqual(slots(zh[key]));
  });

  it("fill their slots", () => {
    expect(translator("zh")("rows.total", { total: "29,738条" })).toBe("共 29,738条");
  });
});
