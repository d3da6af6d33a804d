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

/** Across how many pixels a wall is drawn before it is scaled. */
const WALL_PX = 1150;

/** How much larger the wall is than its drawing. */
export function useWallZoom(): number {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener("resize", changed);
      return () => window.removeEventListener("resize", changed);
    },
    () => window.innerWidth / WALL_PX,
  );
}
