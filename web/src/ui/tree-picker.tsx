/** Along which tree organisations are added up, and as it stood when: 当时区划 on each row's own day, or 现行区划 today. */
import { Select } from "antd";
import { useLocale } from "@/locale";
import styles from "./pickers.module.css";

type Props = {
  trees: string[];
  tree: string | null;
  standing: string | null;
  onChange: (change: { tree?: string | null; standing?: string | null }) => void;
};

export function TreePicker({ trees, tree, standing, onChange }: Props) {
  const { t } = useLocale();
  const hasTrees = trees.length > 0 || tree !== null;
  return (
    <span className={hasTrees ? `${styles.pair} ${styles.both}` : styles.pair} data-testid="tree">
      {hasTrees && (
        <Select
          aria-label={t("scope.tree")}
          value={tree ?? ""}
          options={[
            { value: "", label: t("scope.administrative") },
            ...trees.map((name) => ({ value: name, label: name })),
          ]}
          onChange={(next: string) => onChange({ tree: next || null })}
          popupMatchSelectWidth={false}
        />
      )}
      <Select
        aria-label={t("scope.standing")}
        value={standing ?? "as-was"}
        options={[
          { value: "as-was", label: t("scope.as_was") },
          { value: "as-is", label: t("scope.as_is") },
        ]}
        onChange={(next: string) => onChange({ standing: next === "as-was" ? null : next })}
        popupMatchSelectWidth={false}
      />
    </span>
  );
}
