import { describe, expect, it } from "vitest";
import type { Indicators } from "@/api/types";
import { answer } from "../../../dev/fixtures/answers";
import { matching } from "./page";

const { groups } = answer(new URL("http://fixtures/api/indicators")).body as Indicators;

describe("searching indicators", () => {
  it("finds by Chinese, English and id, and keeps the pack", () => {
    for (const words of ["高血压 规范", "hypertension standard", "hypertension_standard_rate"]) {
      const found = matching(groups, words);
      expect(found.flatMap((group) => group.figures.map((figure) => figure.indicator))).toEqual([
        "hypertension_standard_rate",
      ]);
      expect(found[0]?.pack).toBe("hypertension");
    }
  });

  it("shows all without words and none without a match", () => {
    expect(matching(groups, "  ")).toBe(groups);
    expect(matching(groups, "没有的")).toEqual([]);
  });
});
