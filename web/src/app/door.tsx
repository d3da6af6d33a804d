/** What is seen before the pages: set-up, sign-in, or the own password first. */
import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { sessionQuery } from "@/api/queries";
import type { Session } from "@/api/types";
import { Region } from "@/ui/region";
import { SessionProvider } from "@/view/session";

const HEIGHT_PX = 400;

// Whoever is signed in already needs none of them.
const SetUpPage = lazy(async () => ({ default: (await import("@/features/account/set-up")).SetUpPage }));
const SignInPage = lazy(async () => ({ default: (await import("@/features/account/sign-in")).SignInPage }));
const OwnPasswordFirst = lazy(async () => ({
  default: (await import("@/features/account/own-password")).OwnPasswordFirst,
}));

export function Door({ children }: { children: ReactNode }) {
  const query = useQuery(sessionQuery);
  return (
    <Region query={query} height={HEIGHT_PX}>
      {(session) => (
        <SessionProvider value={session}>
          <Suspense fallback={null}>
            <First session={session}>{children}</First>
          </Suspense>
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
