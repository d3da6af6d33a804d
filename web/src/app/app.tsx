/** The application: language, theme and server state around the routes. */
import { legacyLogicalPropertiesTransformer, StyleProvider } from "@ant-design/cssinjs";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import "dayjs/locale/zh-cn";
import dayjs from "dayjs";
import { type ReactNode, useEffect, useMemo } from "react";
import { createBrowserRouter, RouterProvider } from "react-router";
import { Refusal } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { LocaleProvider } from "@/locale";
import { antdTheme } from "@/ui/theme/antd";
import { useMode } from "@/ui/theme/mode";
import { PHONE, useMedia } from "@/view/media";
import { useScope } from "@/view/scope";
import { Broken } from "./broken";
import { Door } from "./door";
import { Live } from "./live";
import { Lost } from "./lost";
import { Shell } from "./shell";

const RETRIES = 2;

/** A refusal is an answer: asking again would not change it. Only an unheard server is asked again. */
const retry = (failures: number, error: Error) =>
  failures < RETRIES && error instanceof Refusal && error.status === 0;

const UNAUTHORISED = 401;

export const newQueryClient = () => {
  const client = new QueryClient({
    defaultOptions: { queries: { retry, refetchOnWindowFocus: false } },
    queryCache: new QueryCache({ onError: asked }),
    mutationCache: new MutationCache({ onError: asked }),
  });
  /** A session that is over is found out by whatever is asked next: who is signed in is asked again. */
  function asked(error: Error) {
    const signedIn = client.getQueryData(sessionQuery.queryKey)?.account;
    if (signedIn && error instanceof Refusal && error.status === UNAUTHORISED) {
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    }
  }
  return client;
};

/** Language, theme and direction of everything below, taken from the URL and this browser's preference. */
export function Surroundings({ children }: { children: ReactNode }) {
  const { scope } = useScope();
  const mode = useMode();
  const phone = useMedia(PHONE);
  const theme = useMemo(() => antdTheme(mode, phone), [mode, phone]);
  useEffect(() => {
    document.documentElement.lang = scope.lang === "en" ? "en" : "zh-CN";
    dayjs.locale(scope.lang === "en" ? "en" : "zh-cn");
  }, [scope.lang]);
  return (
    <StyleProvider hashPriority="high" transformers={[legacyLogicalPropertiesTransformer]}>
      <ConfigProvider
        theme={theme}
        locale={scope.lang === "en" ? enUS : zhCN}
        button={{ autoInsertSpace: false }}
        drawer={{ mask: { blur: false } }}
      >
        <LocaleProvider lang={scope.lang}>{children}</LocaleProvider>
      </ConfigProvider>
    </StyleProvider>
  );
}

const router = createBrowserRouter([
  {
    element: (
      <Surroundings>
        <Door>
          <Shell />
        </Door>
      </Surroundings>
    ),
    hydrateFallbackElement: <div />,
    children: [
      {
        errorElement: <Broken />,
        children: [
          {
            path: "/",
            lazy: async () => ({ Component: (await import("@/features/dashboard/page")).DashboardPage }),
          },
          {
            path: "/indicators",
            lazy: async () => ({ Component: (await import("@/features/indicators/page")).IndicatorsPage }),
          },
          {
            path: "/figure",
            lazy: async () => ({ Component: (await import("@/features/figures/page")).FigurePage }),
          },
          {
            path: "/record",
            lazy: async () => ({ Component: (await import("@/features/records/page")).RecordPage }),
          },
          {
            path: "/resident",
            lazy: async () => ({ Component: (await import("@/features/residents/page")).ResidentPage }),
          },
          {
            path: "/matches",
            lazy: async () => ({ Component: (await import("@/features/matches/page")).MatchesPage }),
          },
          {
            path: "/tasks",
            lazy: async () => ({ Component: (await import("@/features/tasks/page")).TasksPage }),
          },
          {
            path: "/alerts",
            lazy: async () => ({ Component: (await import("@/features/alerts/page")).AlertsPage }),
          },
          {
            path: "/quality",
            lazy: async () => ({ Component: (await import("@/features/quality/page")).QualityPage }),
          },
          {
            path: "/funnels",
            lazy: async () => ({ Component: (await import("@/features/funnels/page")).FunnelsPage }),
          },
          {
            path: "/report",
            lazy: async () => ({ Component: (await import("@/features/reports/page")).ReportPage }),
          },
          {
            path: "/proof",
            lazy: async () => ({ Component: (await import("@/features/proof/page")).ProofPage }),
          },
          {
            path: "/account",
            lazy: async () => ({ Component: (await import("@/features/account/page")).AccountPage }),
          },
          {
            path: "/accounts",
            lazy: async () => ({ Component: (await import("@/features/accounts/page")).AccountsPage }),
          },
          {
            path: "/audit",
            lazy: async () => ({ Component: (await import("@/features/audit/page")).AuditPage }),
          },
          {
            path: "/registers",
            lazy: async () => ({ Component: (await import("@/features/registers/page")).RegistersPage }),
          },
          {
            path: "/import",
            lazy: async () => ({ Component: (await import("@/features/imports/page")).ImportPage }),
          },
          {
            path: "/settle",
            lazy: async () => ({ Component: (await import("@/features/settlement/page")).SettlementPage }),
          },
          { path: "*", element: <Lost /> },
        ],
      },
    ],
  },
]);

export function App() {
  const client = useMemo(newQueryClient, []);
  return (
    <QueryClientProvider client={client}>
      <Live />
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
