/**
 * How much script is there before the first page can be used? A build that goes over the budget fails.
 *
 * Counted are the entry, the page, and what both import at once; what is fetched later, when somebody asks for it or the
 * browser is idle, is not.
 */
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const BUDGET_KB = 300;
const ENTRY = "/src/main.tsx";
const FIRST_PAGES = ["dashboard/page", "tasks/page", "account/sign-in"].map(
  (page) => `/src/features/${page}.tsx`,
);
const KB = 1000;

type Chunk = { code: string; imports: string[]; moduleIds: string[] };

export function budget(): Plugin {
  return {
    name: "budget",
    apply: "build",
    generateBundle(_, bundle) {
      const chunks = new Map<string, Chunk>();
      for (const [name, file] of Object.entries(bundle)) if (file.type === "chunk") chunks.set(name, file);
      const holding = (module: string) =>
        [...chunks.keys()].filter((name) => chunks.get(name)?.moduleIds.some((id) => id.endsWith(module)));
      for (const page of FIRST_PAGES) {
        const needed = new Set([...holding(ENTRY), ...holding(page)]);
        for (const name of needed) for (const other of chunks.get(name)?.imports ?? []) needed.add(other);
        let bytes = 0;
        for (const name of needed) bytes += gzipSync(chunks.get(name)?.code ?? "", { level: 9 }).length;
        const said = `${page}: ${Math.round(bytes / KB)} kB of compressed script at first, ${BUDGET_KB} allowed`;
        if (bytes > BUDGET_KB * KB) this.error(said);
        else this.info(said);
      }
    },
  };
}
