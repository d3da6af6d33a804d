/**
 * The colours of the application, once, for CSS, antd and charts alike.
 *
 * Every pair reaches WCAG AA against its ground, and the five statuses stay apart under simulated colour blindness;
 * change a value only together with those measurements.
 */
export type Palette = {
  page: string;
  panel: string;
  raised: string;
  line: string;
  control: string;
  text: string;
  text2: string;
  text3: string;
  primary: string;
  accent: string;
  ok: string;
  doing: string;
  warn: string;
  late: string;
  none: string;
};

export const LIGHT: Palette = {
  page: "#F5F7F9",
  panel: "#FFFFFF",
  raised: "#EEF2F6",
  line: "#E2E8EE",
  control: "#8593A1",
  text: "#1B2733",
  text2: "#4A5867",
  text3: "#5E6C7B",
  primary: "#1F5FA8",
  accent: "#B85012",
  ok: "#1F7A5C",
  doing: "#1F5FA8",
  warn: "#946300",
  late: "#9F1239",
  none: "#5B6673",
};

export const DARK: Palette = {
  page: "#12181F",
  panel: "#1A222B",
  raised: "#222C37",
  line: "#2C3844",
  control: "#5F6E7D",
  text: "#E4EAF0",
  text2: "#B0BCC8",
  text3: "#8C99A6",
  primary: "#79B4F2",
  accent: "#F2A35E",
  ok: "#4FD1B0",
  doing: "#79B4F2",
  warn: "#E3B04B",
  late: "#F2778B",
  none: "#8794A2",
};

/** Blues for areas and stacked parts, darkest first. */
export const SCALE = ["#123B6B", "#1F5FA8", "#4C8AD0", "#8DB8E6", "#C9DDF3"] as const;

/** System fonts only: nothing is downloaded. */
export const FONT_FAMILY =
  '-apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei", "HarmonyOS Sans SC", "MiSans", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif';

const declarations = (palette: Palette) =>
  Object.entries(palette)
    .map(([name, value]) => `--${name}:${value};`)
    .join("");

/** The palettes as CSS custom properties. Paper is always light. */
export function colourSheet(): string {
  return [
    `:root{${declarations(LIGHT)}--font:${FONT_FAMILY};color-scheme:light}`,
    `:root[data-theme="dark"]{${declarations(DARK)}color-scheme:dark}`,
    `@media print{:root,:root[data-theme="dark"]{${declarations(LIGHT)}color-scheme:light}}`,
  ].join("\n");
}
