/** What every component test needs: an unmounted page between tests, and the parts of a browser happy-dom lacks. */
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);
