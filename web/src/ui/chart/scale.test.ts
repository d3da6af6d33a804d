import { describe, expect, it } from "vitest";
import { linePath, share, targetPlace, widest } from "./scale";

describe("places on the screen", () => {
  it("start at zero and end at the widest", () => {
    expect(share("50", widest(["50", "100", null]))).toBe(0.5);
    expect(share(null, 100)).toBe(0);
    expect(share("-3", 100)).toBe(0);
  });

  it("leave a gap where a value is missing", () => {
    expect(linePath(["1", null, "2", "3"], 30, 10)).toBe("M0.0 10.0M20.0 5.0L30.0 0.0");
  });

  it("know where a rate's target stands, and never guess that of an amount", () => {
    const target = { shown: "95%", direction: "at_least" as const, source: "" };
    expect(targetPlace(target, "%")).toBe("95");
    expect(targetPlace({ ...target, shown: "8,700万元" }, "万元")).toBeNull();
    expect(targetPlace({ ...target, shown: "8,700万元", value: "87000000" }, "万元")).toBe("87000000");
  });
});
