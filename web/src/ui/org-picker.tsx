/** Which organisation: the county's tree, searched by name. */
import { later } from "./later";
import type { Props } from "./org-tree";
import styles from "./pickers.module.css";

function Standing({ orgs, value }: Props) {
  const name = orgs.find((org) => org.id === value)?.name ?? value;
  return (
    <span className={`${styles.standing} ${styles.org}`}>
      <span>{name}</span>
    </span>
  );
}

export const OrgPicker = later(() => import("./org-tree").then(({ OrgTree }) => OrgTree), Standing);
