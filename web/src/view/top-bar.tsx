/** What every page has in its top bar beside its own scope: given by the window, placed by the page's frame. */
import { createContext, type ReactNode, useContext } from "react";

const TopBarContext = createContext<ReactNode>(null);

export const TopBarProvider = TopBarContext.Provider;

export const useTopBar = () => useContext(TopBarContext);
