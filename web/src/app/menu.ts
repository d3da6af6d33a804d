/** A page in the menu: where it is, what it is called, and what one must be allowed to find it there. */
import type { ReactNode } from "react";
import type { Key } from "@/locale";

export type MenuItem = { path: string; word: Key; icon: ReactNode; needs: string };
