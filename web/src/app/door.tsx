/** What is seen before the pages: set-up, sign-in, or the own password first. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { sessionQuery } from "@/api/queries";
import type { Session } from "@/api/types";
import { OwnPasswordFirst } from "@/features/account/own-password";
import { SetUpPage } from "@/features/account/set-up";
import { SignInPage } from "@/features/account/sign-in";
import { Region } from "@/ui/region";
import { SessionProvider } from "@/view/session";

const HEIGHT_PX = 400;

export function Door({ children }: { children: ReactNode }) {
  const query = useQuery(sessionQuery);
  return (
    <Region query={query} height={HEIGHT_PX}>
      {(session) => (
        <SessionProvider value={session}>
          <First session={session}>{children}</First>
        </SessionProvider>
      )}
    </Region>
  );
}

function First({ session, children }: { session: Session; children: ReactNode }) {
  if (session.state === "setup") return <SetUpPage />;
  if (session.state === "signed_out") return <SignInPage />;
  if (session.state === "restricted") return <OwnPasswordFirst />;
  return children;
}
