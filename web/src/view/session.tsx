/** Who is signed in, and what they may do: known to every page, so that it draws only what works. */
import { createContext, useContext } from "react";
import type { Session } from "@/api/types";

const SessionContext = createContext<Session | null>(null);

export const SessionProvider = SessionContext.Provider;

const NOBODY: Session = {
  state: "signed_out",
  is_secure: true,
  account: null,
  person: null,
  roles: [],
  may: [],
  has_factor: false,
  last_signed_in: null,
};

export function useSession() {
  const session = useContext(SessionContext) ?? NOBODY;
  return { session, may: (permission: string) => session.may.includes(permission) };
}
