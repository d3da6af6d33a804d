/** The bar under the thumb: four pages and 更多, where the rest of what this person may open is found. */
import { useEffect, useRef, useState } from "react";
import { Link, useLocation } from "react-router";
import { useLocale } from "@/locale";
import { MoreIcon } from "@/ui/icons";
import type { MenuItem } from "./menu";
import styles from "./shell.module.css";

const PLACES = 5;
/** What is opened on a doorstep comes first; the order of the menu says the rest. */
const FIRST = ["/tasks", "/registers", "/", "/report"];

const rank = ({ path }: MenuItem) => (FIRST.includes(path) ? FIRST.indexOf(path) : FIRST.length);

export function PhoneBar({ items, href }: { items: MenuItem[]; href: (path: string) => string }) {
  const { t } = useLocale();
  const { pathname, key } = useLocation();
  const [openAt, setOpenAt] = useState<string | null>(null);
  const bar = useRef<HTMLElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  // Going somewhere closes it: it was opened at another entry of the history.
  const open = openAt === key;
  const ranked = [...items].sort((a, b) => rank(a) - rank(b));
  const shown = items.length > PLACES ? ranked.slice(0, PLACES - 1) : ranked;
  const rest = items.filter((item) => !shown.includes(item));

  useEffect(() => {
    if (!open) return;
    const away = (event: Event) => {
      const inside = event.target instanceof Node && bar.current?.contains(event.target);
      if (!inside) setOpenAt(null);
    };
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpenAt(null);
      button.current?.focus();
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("keydown", press);
    };
  }, [open]);

  const link = ({ path, word, icon }: MenuItem) => (
    <Link
      key={path}
      to={href(path)}
      className={pathname === path ? styles.here : undefined}
      aria-current={pathname === path ? "page" : undefined}
    >
      {icon}
      <span>{t(word)}</span>
    </Link>
  );
  return (
    <nav className={styles.menu} aria-label={t("app.menu")} ref={bar} data-testid="phone-bar">
      {shown.map(link)}
      {rest.length > 0 && (
        <button
          type="button"
          ref={button}
          aria-expanded={open}
          aria-controls="more-pages"
          className={rest.some(({ path }) => path === pathname) ? styles.here : undefined}
          onClick={() => setOpenAt(open ? null : key)}
          data-testid="more-pages"
        >
          <MoreIcon />
          <span>{t("app.more")}</span>
        </button>
      )}
      <div id="more-pages" className={styles.rest} hidden={!open}>
        {rest.map(link)}
      </div>
    </nav>
  );
}
