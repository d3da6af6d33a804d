/** Light or dark: the reader's choice, else the system's. A preference of this browser, not part of the view. */
import { useSyncExternalStore } from "react";
import { colourSheet, DARK, LIGHT, type Palette } from "./tokens";

export type Mode = "light" | "dark";

const STORED_AS = "taizhang-theme";
const SYSTEM_DARK = "(prefers-color-scheme: dark)";
const listeners = new Set<() => void>();

function chosen(): Mode {
  const stored = localStorage.getItem(STORED_AS);
  if (stored === "light" || stored === "dark") return stored;
  return window.matchMedia(SYSTEM_DARK).matches ? "dark" : "light";
}

function apply() {
  document.documentElement.dataset.theme = chosen();
  for (const changed of listeners) changed();
}

/** Puts the colours into the document before the first paint. */
export function startTheme() {
  const sheet = document.createElement("style");
  sheet.textContent = colourSheet();
  document.head.append(sheet);
  window.matchMedia(SYSTEM_DARK).addEventListener("change", apply);
  apply();
}

export function chooseMode(mode: Mode) {
  localStorage.setItem(STORED_AS, mode);
  apply();
}

function subscribe(changed: () => void) {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

export function useMode(): Mode {
  return useSyncExternalStore(subscribe, () =>
    document.documentElement.dataset.theme === "dark" ? "dark" : "light",
  );
}

export function usePalette(): Palette {
  return useMode() === "dark" ? DARK : LIGHT;
}
