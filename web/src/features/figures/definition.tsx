/** 定义: the sentence a clerk reads, the document it comes from, the parameters used, and the SQL folded beneath. */
import type { CohortSize, Figure, FigureDetail, Parameter, Part } from "@/api/types";
import { useLocale } from "@/locale";
import { targetText } from "@/ui/figure-origin";
import { Panel } from "@/ui/panel";
import { PartLink } from "@/ui/part-link";
import { QueryTable, type TableColumn } from "@/ui/query-table";
import styles from "./page.module.css";

export function DefinitionTab({ detail: { definition, figure } }: { detail: FigureDetail }) {
  const { t, pick } = useLocale();
  const { numerator, denominator, target, parameters } = definition;
  return (
    <div className={styles.column}>
      <Panel title={t("figure.tab_definition")}>
        <p className={styles.sentence}>{pick(definition.text)}</p>
        <dl className={styles.terms}>
          <dt>{t("definition.measure")}</dt>
          <dd>{definition.measure}</dd>
          {numerator && (
            <Cohort word={t("part.numerator")} cohort={numerator} figure={figure} part="numerator" />
          )}
          {denominator && (
            <Cohort word={t("part.denominator")} cohort={denominator} figure={figure} part="denominator" />
          )}
          {target && (
            <>
              <dt>{t("figure.target")}</dt>
              <dd>
                {targetText(target)}
                {target.source && ` · ${target.source}`}
              </dd>
            </>
          )}
          <dt>{t("figure.source")}</dt>
          <dd>{definition.source || "—"}</dd>
          <dt>{t("definition.pack")}</dt>
          <dd>{definition.pack}</dd>
        </dl>
        <details className={styles.sql}>
          <summary>{t("definition.sql")}</summary>
          <pre>{definition.sql}</pre>
        </details>
      </Panel>
      {parameters.length > 0 && (
        <Panel title={t("definition.parameters")} flush>
          <Parameters parameters={parameters} />
        </Panel>
      )}
    </div>
  );
}

type CohortProps = {
  word: string;
  cohort: CohortSize;
  figure: Figure;
  part: Exclude<Part, "missed" | "excluded">;
};

function Cohort({ word, cohort, figure, part }: CohortProps) {
  const { pick } = useLocale();
  return (
    <>
      <dt>{word}</dt>
      <dd>
        {pick(cohort.title)} · <PartLink figure={figure} part={part} shown={cohort.n_shown} />
      </dd>
    </>
  );
}

function Parameters({ parameters }: { parameters: Parameter[] }) {
  const { t, pick } = useLocale();
  const columns: TableColumn<Parameter>[] = [
    { key: "title", title: t("definition.parameter"), render: (one) => pick(one.title) },
    {
      key: "value",
      title: t("definition.value"),
      align: "right",
      render: (one) => `${one.value}${one.unit}`,
    },
    { key: "from", title: t("definition.from"), render: (one) => one.from },
    { key: "source", title: t("figure.source"), render: (one) => one.source },
  ];
  return (
    <QueryTable
      label={t("definition.parameters")}
      columns={columns}
      rows={parameters}
      rowKey={(one) => one.name}
    />
  );
}
