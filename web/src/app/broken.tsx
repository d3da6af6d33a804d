/** A page that could not be shown: its code did not arrive, or it failed while drawing. The menu keeps working. */
import { useRouteError } from "react-router";
import { Refused } from "@/ui/region";

export function Broken() {
  const error = useRouteError();
  return (
    <Refused
      error={error instanceof Error ? error : new Error(String(error))}
      retry={() => window.location.reload()}
    />
  );
}
