/**
 * How the application is built, served while developing, and tested.
 *
 * `npm run dev` talks to a server on 127.0.0.1:8848, or to the one `SERVER` names; `npm run dev:fixtures` answers `/api`
 * from dev/fixtures instead. The fixtures never reach the bundle: they are a plugin of the development server only.
 */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { budget } from "./dev/budget.ts";
import { fixtures } from "./dev/fixtures/plugin.ts";

const SERVER = process.env.SERVER ?? "http://127.0.0.1:8848";

/** The server refuses what another site sends, so it must hear the address that the browser sees. */
const PROXY = { "/api": { target: SERVER, changeOrigin: false } };

const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export default defineConfig(({ mode }) => ({
  plugins: [react(), budget(), ...(mode === "fixtures" ? [fixtures()] : [])],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    host: "127.0.0.1",
    ...(mode === "fixtures" ? {} : { proxy: PROXY }),
  },
  // As strict as the server is, so that `vite preview` breaks what it would break.
  preview: { host: "127.0.0.1", headers: { "Content-Security-Policy": POLICY } },
  build: {
    outDir: "dist",
    // Office desktops run Chromium forks years behind.
    target: "chrome86",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test-setup.ts"],
  },
}));
