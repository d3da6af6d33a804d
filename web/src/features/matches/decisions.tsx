/** The latest verdicts, each of which can be undone with a reason. */
import { useMutation } from "@tanstack/react-query";
import { Button, Dropdown } from "antd";
import { undoMatch } from "@/api/queries";
import type { Decision } from "@/api/types";
import { type Key, useLocale } from "@/locale";
import { Panel } from "@/ui/panel";
import { QueryTable, type TableColumn } from "@/ui/query-table";
import { Empty, Refused } from "@/ui/region";
import { useScope } from "@/view/scope";

const WHY: Key[] = ["matches.why_misread", "matches.why_evidence", "matches.why_person"];
const WIDTH = { verdict: 220, at: 160, by: 100, undo: 100 } as const;

type Props = { decisions: Decision[]; mayUndo: boolean; onUndone: () => void };

export function Decisions({ decisions, mayUndo, onUndone }: Props) {
  const { t, pick } = useLocale();
  const columns: TableColumn<Decision>[] = [
    {
      key: "pair",
      title: t("matches.pair"),
      render: ({ names_masked: [a, b], resident, other }) => `${a} ${resident} · ${b} ${other}`,
    },
    {
      key: "verdict",
      title: t("matches.verdict"),
      width: WIDTH.verdict,
      render: ({ verdict_shown, merged }) =>
        merged ? `${pick(verdict_shown)} · ${t("matches.merged", { id: merged })}` : pick(verdict_shown),
    },
    { key: "at", title: t("matches.at"), width: WIDTH.at, render: ({ at }) => at },
    { key: "by", title: t("matches.by"), width: WIDTH.by, render: ({ actor }) => actor },
  ];
  const undo: TableColumn<Decision> = {
    key: "undo",
    title: t("matches.undo"),
    width: WIDTH.undo,
    render: ({ id }) => <Undo id={id} onDone={onUndone} />,
  };
  return (
    <Panel title={t("matches.decisions")} note={t("matches.decisions_note")} flush>
      {decisions.length === 0 ? (
        <Empty why={t("matches.decisions_none")} />
      ) : (
        <QueryTable
          label={t("matches.decisions")}
          columns={mayUndo ? [...columns, undo] : columns}
          rows={decisions}
          rowKey={({ id }) => id}
          testId="decision"
        />
      )}
    </Panel>
  );
}

/** Undoing asks why: the reason is kept with the withdrawal. */
export function Undo({ id, onDone }: { id: string; onDone: () => void }) {
  const { t } = useLocale();
  const { scope } = useScope();
  const undo = useMutation({
    mutationFn: (reason: string) => undoMatch(scope.lang, { id, reason }),
    onSuccess: onDone,
  });
  return (
    <>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: WHY.map((key) => ({ key, label: t(key) })),
          onClick: ({ key }) => undo.mutate(t(key as Key)),
        }}
      >
        <Button size="small" disabled={undo.isPending} data-testid="undo">
          {t("matches.undo")}
        </Button>
      </Dropdown>
      {undo.error && <Refused error={undo.error} retry={() => undo.reset()} />}
    </>
  );
}
