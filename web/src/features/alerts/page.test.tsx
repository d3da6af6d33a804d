import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { ConfigProvider } from "antd";
import { MemoryRouter } from "react-router";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Session } from "@/api/types";
import { LocaleProvider } from "@/locale";
import { SessionProvider } from "@/view/session";
import { answer } from "../../../dev/fixtures/answers";
import { AlertsPage } from "./page";

type Sent = { path: string; body: unknown };

/** The page over the fixture server, and what it sends there. */
function show(at: string): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", async (address: string, request?: RequestInit) => {
    const url = new URL(address, "http://fixtures");
    if (request?.method === "POST") {
      sent.push({ path: url.pathname, body: JSON.parse(String(request.body)) });
      return Response.json({ accepted: 1, refused: 0, refusals: [] }, { status: 201 });
    }
    const { status, body } = answer(url);
    return Response.json(body, { status });
  });
  const session = answer(new URL("http://fixtures/api/session")).body as Session;
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter initialEntries={[at]}>
        <LocaleProvider lang="zh">
          <SessionProvider value={session}>
            <ConfigProvider button={{ autoInsertSpace: false }}>
              <AlertsPage />
            </ConfigProvider>
          </SessionProvider>
        </LocaleProvider>
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return sent;
}

const line = async (alert: string) =>
  (await screen.findAllByTestId("alert")).find((one) => one.dataset.alert === alert) as HTMLElement;

afterEach(() => vi.unstubAllGlobals());

describe("the alerts page", () => {
  it("sends an answer with its outcome and words, and nothing before both are there", async () => {
    const sent = show("/alerts");
    const open = await line("hypertension_followup.not_referred/u1");
    fireEvent.click(within(open).getByRole("button", { name: "处置" }));
    fireEvent.click(within(open).getByRole("button", { name: "写入处置记录" }));
    fireEvent.click(within(open).getByLabelText("已处置"));
    fireEvent.change(within(open).getByLabelText("做了什么"), { target: { value: "已送县医院" } });
    await new Promise((done) => setTimeout(done, 50));
    expect(sent).toEqual([]);
    fireEvent.click(within(open).getByRole("button", { name: "写入处置记录" }));
    await waitFor(() =>
      expect(sent).toEqual([
        {
          path: "/api/alerts",
          body: {
            alert: "hypertension_followup.not_referred/u1",
            outcome: "handled",
            remark: "已送县医院",
          },
        },
      ]),
    );
  });

  it("offers no answer for what stands above or is answered", async () => {
    show("/alerts?all=1");
    const above = await line("water_test_due.missing/2025-12");
    expect(above.textContent).toContain("已上报 2 次");
    expect(within(above).queryByRole("button")).toBeNull();
    const answered = await line("hypertension_followup.not_referred/u0");
    expect(answered.textContent).toContain("已处置 · 已送县医院 · zhang.m于 2026-01-08 10:00 处置");
  });

  it("only shows at a past moment", async () => {
    show("/alerts?as_of=2026-01-09");
    const open = await line("hypertension_followup.not_referred/u1");
    expect(within(open).queryByRole("button")).toBeNull();
  });
});
