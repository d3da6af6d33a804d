/** The window: the menu at a desk, the bar under the thumb on a phone, and the page between them. */
import { useIsFetching, useQuery } from "@tanstack/react-query";
import { Link, Navigate, Outlet, useLocation } from "react-router";
import { countyQuery } from "@/api/queries";
import { ResidentSearch } from "@/features/residents/search";
import { useLocale } from "@/locale";
import {
  AlertsIcon,
  AuditIcon,
  Brand,
  CockpitIcon,
  FunnelIcon,
  IndicatorsIcon,
  MatchesIcon,
  MoonIcon,
  PeopleIcon,
  PersonIcon,
  ProofIcon,
  QualityIcon,
  RegistersIcon,
  ReportIcon,
  SettleIcon,
  SunIcon,
  TasksIcon,
} from "@/ui/icons";
import { Refused } from "@/ui/region";
import { chooseMode, useMode } from "@/ui/theme/mode";
import { CountyProvider } from "@/view/county";
import { PHONE, useMedia } from "@/view/media";
import { useScope } from "@/view/scope";
import { useSession } from "@/view/session";
import { TopBarProvider } from "@/view/top-bar";
import type { MenuItem } from "./menu";
import { PhoneBar } from "./phone-bar";
import styles from "./shell.module.css";

const MENU: MenuItem[] = [
  { path: "/", word: "page.dashboard", icon: <CockpitIcon />, needs: "see_figures" },
  { path: "/indicators", word: "page.indicators", icon: <IndicatorsIcon />, needs: "see_figures" },
  { path: "/registers", word: "page.registers", icon: <RegistersIcon />, needs: "see_people" },
  { path: "/settle", word: "page.settle", icon: <SettleIcon />, needs: "write_records" },
  { path: "/matches", word: "page.matches", icon: <MatchesIcon />, needs: "merge_residents" },
  { path: "/tasks", word: "page.tasks", icon: <TasksIcon />, needs: "see_work" },
  { path: "/alerts", word: "page.alerts", icon: <AlertsIcon />, needs: "see_work" },
  { path: "/quality", word: "page.quality", icon: <QualityIcon />, needs: "see_work" },
  { path: "/funnels", word: "page.funnels", icon: <FunnelIcon />, needs: "see_figures" },
  { path: "/report", word: "page.report", icon: <ReportIcon />, needs: "see_report" },
  { path: "/proof", word: "page.proof", icon: <ProofIcon />, needs: "see_report" },
  { path: "/audit", word: "page.audit", icon: <AuditIcon />, needs: "see_audit" },
  { path: "/accounts", word: "page.accounts", icon: <PeopleIcon />, needs: "see_accounts" },
];

/** Pages about one figure, record or person have an organisation of their own; leaving them goes back to the county. */
const KEEPS_ORG = new Set(["/", "/indicators", "/registers", "/tasks", "/alerts", "/quality", "/funnels"]);

/** Where a post begins its day, if it is not the cockpit. */
const LANDING: Record<string, string> = {
  village_doctor: "/tasks",
  township_clerk: "/tasks",
  hospital: "/settle",
};

const SEARCH = <ResidentSearch />;

export function Shell() {
  const { scope, to, get } = useScope();
  const { session, may } = useSession();
  const { pathname, key } = useLocation();
  const county = useQuery(countyQuery(scope.lang));
  // The first page of a visit is the one where the work is; the menu leads to the cockpit all the same.
  const landing = LANDING[session.roles[0]?.role ?? ""];
  if (pathname === "/" && key === "default" && landing) return <Navigate to={to(landing)} replace />;
  // Whoever may not see the cockpit lands on what they may see.
  if (pathname === "/" && !may("see_figures")) {
    const first = MENU.find(({ needs }) => may(needs))?.path ?? "/account";
    return <Navigate to={to(first)} replace />;
  }
  const wall = pathname === "/" && get("screen") === "1";
  const search = session.may.includes("see_people") ? SEARCH : null;
  return (
    <CountyProvider value={county.data ?? null}>
      <div className={styles.shell}>
        {!wall && <Menu county={county.data?.title} />}
        <div className={styles.content}>
          <Waiting />
          {county.error && !county.data && <Refused error={county.error} retry={county.refetch} />}
          <TopBarProvider value={search}>
            <Outlet />
          </TopBarProvider>
        </div>
      </div>
    </CountyProvider>
  );
}

function Menu({ county }: { county: { zh: string; en: string } | undefined }) {
  const { t, pick } = useLocale();
  const { to } = useScope();
  const { pathname } = useLocation();
  const { may } = useSession();
  const phone = useMedia(PHONE);
  const items = MENU.filter(({ needs }) => may(needs));
  // A page whose figures always stand in the administrative tree must not seem to be about another one.
  const anew = { tree: null, standing: null };
  const drop = KEEPS_ORG.has(pathname) ? anew : { ...anew, org: null };
  return (
    <div className={`${styles.side} no-print`}>
      <Link
        className={styles.brand}
        to={to("/", drop)}
        aria-label={county ? `${t("app.name")} ${pick(county)}` : t("app.name")}
      >
        <Brand />
        <span>
          <strong>{t("app.name")}</strong>
          <small>{county ? pick(county) : " "}</small>
        </span>
      </Link>
      {phone ? (
        <PhoneBar items={items} href={(path) => to(path, drop)} />
      ) : (
        <nav className={styles.menu} aria-label={t("app.menu")}>
          {items.map(({ path, word, icon }) => (
            <Link
              key={path}
              to={to(path, drop)}
              className={pathname === path ? styles.here : undefined}
              aria-current={pathname === path ? "page" : undefined}
              title={t(word)}
            >
              {icon}
              <span>{t(word)}</span>
            </Link>
          ))}
        </nav>
      )}
      <Preferences />
    </div>
  );
}

function Preferences() {
  const { t, lang } = useLocale();
  const { set, to } = useScope();
  const { session } = useSession();
  const mode = useMode();
  const other = mode === "dark" ? "light" : "dark";
  return (
    <div className={styles.preferences}>
      {session.account && (
        <Link className={styles.account} to={to("/account")} title={t("page.account")} data-testid="account">
          <PersonIcon />
          <span>{session.person || session.account}</span>
        </Link>
      )}
      <button
        type="button"
        lang={lang === "zh" ? "en" : "zh-CN"}
        onClick={() => set({ lang: lang === "zh" ? "en" : null }, { replace: true })}
        data-testid="language"
      >
        {t("app.other_language")}
      </button>
      <button
        type="button"
        onClick={() => chooseMode(other)}
        aria-label={t(mode === "dark" ? "app.light" : "app.dark")}
        title={t(mode === "dark" ? "app.light" : "app.dark")}
      >
        {mode === "dark" ? <SunIcon /> : <MoonIcon />}
      </button>
    </div>
  );
}

/** A thin bar while answers are on their way; the old values stay on the page meanwhile. */
function Waiting() {
  const asked = useIsFetching();
  return asked > 0 ? <div className={styles.waiting} aria-hidden="true" /> : null;
}
