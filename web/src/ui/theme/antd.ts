/**
 * Our tokens as an antd theme.
 *
 * Density is set by tokens, not by antd's compact algorithm, which would base every text on 12 px.
 */
import { type ThemeConfig, theme } from "antd";
import type { Mode } from "./mode";
import { DARK, FONT_FAMILY, LIGHT } from "./tokens";

export function antdTheme(mode: Mode, phone: boolean): ThemeConfig {
  const colour = mode === "dark" ? DARK : LIGHT;
  return {
    algorithm: mode === "dark" ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: colour.primary,
      colorInfo: colour.doing,
      colorLink: colour.primary,
      colorSuccess: colour.ok,
      colorWarning: colour.warn,
      colorError: colour.late,
      colorText: colour.text,
      colorTextSecondary: colour.text2,
      colorTextTertiary: colour.text3,
      colorTextPlaceholder: colour.text3,
      colorTextDescription: colour.text3,
      colorBorder: colour.control,
      colorBorderSecondary: colour.line,
      colorSplit: colour.line,
      colorBgLayout: colour.page,
      colorBgContainer: colour.panel,
      colorBgElevated: colour.panel,
      colorFillAlter: colour.raised,
      controlItemBgHover: colour.raised,
      fontFamily: FONT_FAMILY,
      fontSize: phone ? 16 : 14,
      fontWeightStrong: 600,
      borderRadius: 4,
      borderRadiusLG: 6,
      borderRadiusSM: 4,
      controlHeight: phone ? 44 : 32,
      motionDurationFast: "0.06s",
      motionDurationMid: "0.1s",
      motionDurationSlow: "0.12s",
      boxShadow: "0 6px 20px rgba(16, 24, 32, 0.14)",
      boxShadowSecondary: "0 6px 20px rgba(16, 24, 32, 0.14)",
    },
    components: {
      // On the light blue of the dark set white is not legible.
      Button: mode === "dark" ? { primaryColor: colour.page } : {},
      Table: {
        headerBg: colour.raised,
        headerColor: colour.text2,
        rowHoverBg: colour.raised,
        headerSplitColor: "transparent",
        cellPaddingBlockSM: phone ? 10 : 4,
        cellPaddingInlineSM: 12,
        headerBorderRadius: 0,
      },
      Tabs: { horizontalItemPadding: "7px 0", horizontalMargin: "0", horizontalItemGutter: 24 },
      Segmented: { trackBg: colour.raised, itemSelectedBg: colour.panel },
      Select: { optionSelectedBg: colour.raised },
    },
  };
}
