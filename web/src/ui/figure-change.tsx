/** The change against last year: an arrow in text colour and the server's words. Good or bad is said by the status. */
import type { Change } from "@/api/types";
import { useLocale } from "@/locale";

const ARROW: Record<Change["direction"], string> = { up: "↑", down: "↓", same: "→" };

/** With `bare` the words "against last year" are left to the head of the column. */
export function FigureChange({ change, bare = false }: { change: Change; bare?: boolean }) {
  const { t } = useLocale();
  return (
    <span>
      {!bare && `${t("figure.change")} `}
      <span aria-hidden="true">{ARROW[change.direction]}</span> {change.shown}
    </span>
  );
}
