/**
 * Freshness: one stream from the server says which registers were written, and what is on the screen is asked anew.
 *
 * It carries no values. One tab of a browser listens and tells the others, because a browser opens only six connections to
 * a server; without a stream everything is asked again every half minute. Answers about a past moment never change.
 */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

const CHANNEL = "taizhang-changes";
const TOGETHER_MS = 1_000;
const WITHOUT_MS = 30_000;

/** Questions of what cannot change, or of what is asked by a person. */
const STILL = new Set(["registers", "schema", "residents", "matches", "choices"]);

function renew(client: QueryClient) {
  client.invalidateQueries({
    predicate: ({ queryKey }) => {
      const [noun, ...rest] = queryKey;
      return !STILL.has(`${noun}`) && !JSON.stringify(rest).includes('"as_of":"');
    },
  });
}

/** Listens as long as this tab lives, or until `stop`. */
function listen(told: () => void, stop: AbortSignal) {
  let first = true;
  const source = new EventSource("/api/events");
  source.addEventListener("change", () => {
    // The first says where the server stands; after a break it says that something may have been missed.
    if (!first) told();
    first = false;
  });
  const lost = setInterval(() => source.readyState !== EventSource.OPEN && told(), WITHOUT_MS);
  stop.addEventListener("abort", () => {
    source.close();
    clearInterval(lost);
  });
}

export function Live() {
  const client = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    const channel = new BroadcastChannel(CHANNEL);
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        renew(client);
      }, TOGETHER_MS);
    };
    channel.addEventListener("message", soon);
    const told = () => {
      channel.postMessage("change");
      soon();
    };
    if (navigator.locks) {
      const hold = () =>
        new Promise<void>((resolve) => {
          listen(told, stop.signal);
          stop.signal.addEventListener("abort", () => resolve());
        });
      navigator.locks.request(CHANNEL, { signal: stop.signal }, hold).catch(() => undefined);
    } else {
      listen(told, stop.signal);
    }
    return () => {
      stop.abort();
      channel.close();
      clearTimeout(waiting);
    };
  }, [client]);
  return null;
}
