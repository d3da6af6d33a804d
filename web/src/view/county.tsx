/** The county this server serves: its organisations, periods and packs, loaded once and handed to every page. */
import { createContext, useContext } from "react";
import type { County } from "@/api/types";

const CountyContext = createContext<County | null>(null);

export const CountyProvider = CountyContext.Provider;

/** The county, or null while the server has not answered yet. */
export function useCounty(): County | null {
  return useContext(CountyContext);
}
