/** The few pictures of the frame, drawn in text colour. Each stands beside a word or carries a label. */
import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      width="18"
      height="18"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const CockpitIcon = () => (
  <Icon>
    <path d="M4 20V10M10 20V4M16 20v-7M21 20H3" />
  </Icon>
);

export const FunnelIcon = () => (
  <Icon>
    <path d="M4 5h16M4 10h12M4 15h8M4 20h4" />
  </Icon>
);

export const IndicatorsIcon = () => (
  <Icon>
    <path d="M4 6h16M4 12h16M4 18h10" />
  </Icon>
);

export const MatchesIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="3" />
    <circle cx="16" cy="8" r="3" />
    <path d="M3 19c0-3 2-5 5-5s4 2 4 5M12 19c0-3 1-5 4-5s5 2 5 5" />
  </Icon>
);

export const RegistersIcon = () => (
  <Icon>
    <path d="M4 4h16v16H4zM4 9h16M4 14h16M9 9v11" />
  </Icon>
);

export const SettleIcon = () => (
  <Icon>
    <path d="M7 3l5 8 5-8M5 11h14M5 15h14M12 11v10" />
  </Icon>
);

export const ProofIcon = () => (
  <Icon>
    <path d="M6 3h9l4 4v14H6zM9 13l2.5 2.5L16 11" />
  </Icon>
);

export const ReportIcon = () => (
  <Icon>
    <path d="M6 3h9l4 4v14H6zM14 3v5h5M9 13h6M9 17h6" />
  </Icon>
);

export const SunIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5" />
  </Icon>
);

export const MoonIcon = () => (
  <Icon>
    <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" />
  </Icon>
);

export const PrintIcon = () => (
  <Icon>
    <path d="M7 9V3h10v6M7 18H4v-8h16v8h-3M7 14h10v7H7z" />
  </Icon>
);

export const Brand = () => (
  <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
    <rect x="1" y="1" width="22" height="22" rx="4" fill="#1F5FA8" />
    <path d="M6 7.5h12M6 12h12M6 16.5h7" stroke="#fff" strokeWidth="2" strokeLinecap="round" />
  </svg>
);

export const TasksIcon = () => (
  <Icon>
    <path d="M4 6l2 2 3-4M4 14l2 2 3-4M13 6h7M13 14h7M13 20h7M4 20h5" />
  </Icon>
);

export const QualityIcon = () => (
  <Icon>
    <path d="M12 3l8 3v6c0 4.5-3.2 7.6-8 9-4.8-1.4-8-4.5-8-9V6zM9 12l2 2 4-4" />
  </Icon>
);

export const PersonIcon = () => (
  <Icon>
    <circle cx="12" cy="8" r="4" />
    <path d="M4 21c0-4 3.6-7 8-7s8 3 8 7" />
  </Icon>
);

export const PeopleIcon = () => (
  <Icon>
    <circle cx="9" cy="8" r="3.5" />
    <path d="M2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 5a3.5 3.5 0 0 1 0 6.5M18 14.5c2.2.8 3.5 2.8 3.5 5.5" />
  </Icon>
);

export const AuditIcon = () => (
  <Icon>
    <path d="M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z" />
    <path d="M8.5 12l2.5 2.5 4.5-4.5" />
  </Icon>
);

export const MoreIcon = () => (
  <Icon>
    <path d="M5 12h.01M12 12h.01M19 12h.01" strokeWidth="3" />
  </Icon>
);

export const AlertsIcon = () => (
  <Icon>
    <path d="M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21.5h4" />
  </Icon>
);
