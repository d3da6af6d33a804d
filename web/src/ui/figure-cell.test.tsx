import { render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { describe, expect, it } from "vitest";
import type { Figure } from "@/api/types";
import { type Lang, LocaleProvider } from "@/locale";
import { FigureCell } from "./figure-cell";
import { FigureOrigin } from "./figure-origin";

const RATE: Figure = {
  indicator: "hypertension_standard_rate",
  title: { zh: "高血压规范管理率", en: "Hypertension standard rate" },
  org: "t1",
  org_name: "青石镇卫生院",
  period: "2025",
  period_shown: "2025年",
  value: "86.57",
  shown: "86.57%",
  unit: "%",
  digits: 2,
  numerator: "290",
  denominator: "335",
  numerator_shown: "290人",
  denominator_shown: "335人",
  status: "late",
  target: { shown: "95%", direction: "at_least", source: "规范" },
  gap_shown: "低于目标8.43个百分点",
  change: null,
  missing: null,
  cut_off: "2025-12-31",
};

function show(content: ReactNode, { at = "/", lang = "zh" }: { at?: string; lang?: Lang } = {}) {
  return render(
    <MemoryRouter initialEntries={[at]}>
      <LocaleProvider lang={lang}>{content}</LocaleProvider>
    </MemoryRouter>,
  );
}

describe("FigureCell", () => {
  it("prints what the server sent and opens the figure", () => {
    show(<FigureCell figure={RATE} />);
    const link = screen.getByTestId("figure");
    expect(link.textContent).toBe("86.57%");
    expect(link.getAttribute("href")).toBe("/figure?org=t1&period=2025&indicator=hypertension_standard_rate");
  });

  it("carries the moment and the language of the page", () => {
    show(<FigureCell figure={RATE} />, { at: "/?as_of=2025-06-30&lang=en" });
    const href = screen.getByTestId("figure").getAttribute("href");
    expect(href).toContain("as_of=2025-06-30");
    expect(href).toContain("lang=en");
  });

  it("says a missing value is missing, and why", () => {
    show(<FigureCell figure={{ ...RATE, value: null, shown: "—", missing: "分母为0", status: "none" }} />);
    expect(screen.getByText("—")).toBeDefined();
    expect(screen.getByText("分母为0")).toBeDefined();
  });

  it("says its status in a word, not by colour alone", () => {
    const { container } = show(<FigureCell figure={RATE} mark />);
    expect(container.querySelector("[data-status=late]")?.textContent).toBe("不达标");
  });

  it("calls a value above an upper limit high", () => {
    const target = { shown: "10%", direction: "at_most" as const, source: "" };
    const { container } = show(<FigureCell figure={{ ...RATE, status: "warn", target }} mark />, {
      lang: "en",
    });
    expect(container.querySelector("[data-status=warn]")?.textContent).toBe("High");
  });
});

describe("FigureOrigin", () => {
  it("shows formula, period, cut-off and target", () => {
    show(<FigureOrigin figure={RATE} source="国家规范" />);
    const text = screen.getByTestId("figure-origin").textContent;
    for (const part of ["290人 ÷ 335人", "2025年", "2025-12-31", "≥ 95%", "国家规范"])
      expect(text).toContain(part);
  });
});
