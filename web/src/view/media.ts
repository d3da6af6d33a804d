/** Whether the screen matches a media query, kept up to date. */
import { useSyncExternalStore } from "react";

/** Below this width a page is laid out for one hand. */
export const PHONE = "(max-width: 767px)";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    () => window.matchMedia(query).matches,
  );
}
