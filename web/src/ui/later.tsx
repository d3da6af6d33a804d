/**
 * A control that is not needed to read a page: it stands there as a picture of itself until the browser is idle, then its
 * script is fetched and it works.
 */
import { type ComponentType, lazy, Suspense } from "react";

const PATIENCE_MS = 1_500;

/** Once the first page has been drawn. */
const idle = () =>
  new Promise<void>((resolve) => {
    if (window.requestIdleCallback) window.requestIdleCallback(() => resolve(), { timeout: PATIENCE_MS });
    else setTimeout(resolve, 0);
  });

export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Standing: ComponentType<Props>,
) {
  const Part = lazy(async () => {
    await idle();
    return { default: await load() };
  });
  return function Later(props: Props) {
    return (
      <Suspense fallback={<Standing {...props} />}>
        <Part {...props} />
      </Suspense>
    );
  };
}
