/** The tree of organisations behind `OrgPicker`, searched by name. */
import { TreeSelect } from "antd";
import { useMemo } from "react";
import type { Org } from "@/api/types";
import { useLocale } from "@/locale";
import styles from "./pickers.module.css";

type Node = { value: string; title: string; children: Node[] };
export type Props = { orgs: Org[]; value: string; onChange: (org: string) => void };

/** The organisations as a tree; one whose parent is unknown stands at the top. */
export function orgTree(orgs: Org[]): Node[] {
  const nodes = new Map(
    orgs.map((org) => [org.id, { value: org.id, title: org.name, children: [] as Node[] }]),
  );
  const tops: Node[] = [];
  for (const org of orgs) {
    const node = nodes.get(org.id);
    if (!node) continue;
    const parent = org.parent === null ? undefined : nodes.get(org.parent);
    if (parent) parent.children.push(node);
    else tops.push(node);
  }
  return tops;
}

export function OrgTree({ orgs, value, onChange }: Props) {
  const { t } = useLocale();
  const tree = useMemo(() => orgTree(orgs), [orgs]);
  const open = useMemo(() => orgs.filter((org) => org.parent === null).map((org) => org.id), [orgs]);
  return (
    <TreeSelect
      className={styles.org}
      aria-label={t("scope.org")}
      value={value}
      treeData={tree}
      treeDefaultExpandedKeys={open}
      showSearch={{ treeNodeFilterProp: "title" }}
      onChange={(next: string) => onChange(next)}
      popupMatchSelectWidth={280}
      listHeight={400}
    />
  );
}
