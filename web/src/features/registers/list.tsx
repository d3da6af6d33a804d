/** One register as a list. Filters, order and columns stand in the address; words for people do not. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Drawer, Input, type InputRef, Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { Refusal } from "@/api/client";
import {
  entryQuery,
  type Listing,
  type ListRow,
  listQuery,
  type RegisterSchema,
  schemaQuery,
} from "@/api/registers";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { QueryTable, type TableColumn } from "@/ui/query-table";
import { Empty, Region } from "@/ui/region";
import { useKey } from "@/view/keys";
import { PHONE, useMedia } from "@/view/media";
import { useScope } from "@/view/scope";
import type { Told } from "@/view/task-way";
import { ColumnChooser, Filters, SavedViews } from "./filters";
import { RecordForm } from "./form";
import styles from "./page.module.css";
import { RecordDrawer } from "./record";
import { useListView } from "./view";

const SKELETON_PX = 500;
const PAUSE_MS = 250;
const WIDTH = 130;
const DRAWER_PX = 640;

export function RegisterList({ register }: { register: string }) {
  const { t, pick } = useLocale();
  const { scope, get, set } = useScope();
  const view = useListView();
  const phone = useMedia(PHONE);
  const box = useRef<InputRef>(null);
  const [typed, setTyped] = useState("");
  const [words, setWords] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const schema = useQuery(schemaQuery(scope.lang, register));
  const query = useInfiniteQuery({
    ...listQuery(scope, register, view, words),
    placeholderData: keepPreviousData,
  });
  const asked = { ...query, data: query.data?.pages };
  const title = query.data?.pages[0] ? pick(query.data.pages[0].title) : (schema.data?.title ?? "");
  const mayWrite = Boolean(schema.data?.["x-register"].may_write) && !scope.as_of;
  const told: Told | null = useLocation().state;
  const navigate = useNavigate();
  const open = (id: string | null) => set({ id, new: null, or: null, resident: null });
  // Whoever came from a task goes back to the rest of them.
  const close = () => (told?.back ? navigate(told.back) : open(null));
  useKey("/", () => box.current?.focus());
  useKey("n", () => mayWrite && set({ new: "1", id: null }));

  return (
    <PageFrame title={title} scope={["org", "as_of"]}>
      <div className={`${styles.bar} no-print`}>
        <Input
          ref={box}
          className={styles.words ?? ""}
          allowClear
          value={typed}
          placeholder={t("registers.words")}
          aria-label={t("registers.words")}
          onChange={(event) => setTyped(event.target.value)}
          data-testid="list-words"
        />
        {schema.data && <Filters schema={schema.data} />}
        {query.data?.pages[0] && <ColumnChooser listing={query.data.pages[0]} />}
        <SavedViews register={register} />
        {mayWrite && (
          <>
            <Button type="primary" onClick={() => set({ new: "1", id: null })} data-testid="new">
              {t("registers.new")} {!phone && <kbd className={styles.key}>N</kbd>}
            </Button>
            <ImportLink register={register} />
          </>
        )}
        <ExportLink register={register} />
      </div>
      <Region query={asked} height={SKELETON_PX}>
        {(pages) => (
          <Rows
            pages={pages}
            words={words}
            clear={() => {
              setTyped("");
              view.clear();
            }}
            open={open}
            more={query.hasNextPage ? () => query.fetchNextPage() : undefined}
            loading={query.isFetchingNextPage}
          />
        )}
      </Region>
      <Drawer
        open={Boolean(get("id")) || get("new") === "1"}
        onClose={close}
        size={DRAWER_PX}
        destroyOnHidden
        title={get("new") === "1" ? t("registers.new_of", { title }) : title}
        rootClassName="no-print"
      >
        {schema.data && <Opened schema={schema.data} id={get("id")} close={close} />}
      </Drawer>
    </PageFrame>
  );
}

const NOT_FOUND = 404;

function Opened({ schema, id, close }: { schema: RegisterSchema; id: string | null; close: () => void }) {
  const { scope, get } = useScope();
  // A task is about a record of this register, or about another one that wants a new record here.
  const asked = useQuery({
    ...entryQuery(scope.lang, schema["x-register"].id, id ?? ""),
    enabled: id !== null && get("or") === "new",
  });
  if (asked.error instanceof Refusal && asked.error.status === NOT_FOUND) {
    return <RecordForm schema={schema} done={close} />;
  }
  return id ? <RecordDrawer schema={schema} id={id} /> : <RecordForm schema={schema} done={close} />;
}

function ImportLink({ register }: { register: string }) {
  const { t } = useLocale();
  const { to } = useScope();
  return (
    <Link to={to("/import", { register })}>
      <Button tabIndex={-1}>{t("registers.import")}</Button>
    </Link>
  );
}

function ExportLink({ register }: { register: string }) {
  const { t } = useLocale();
  const { scope } = useScope();
  const view = useListView();
  const query = new URLSearchParams({ lang: scope.lang });
  if (scope.org) query.set("org", scope.org);
  if (scope.as_of) query.set("as_of", scope.as_of);
  if (view.sort) query.set("sort", view.sort);
  if (view.columns) query.set("columns", view.columns);
  for (const [name, value] of Object.entries(view.filters)) query.set(`f.${name}`, value);
  return (
    <Button href={`/api/registers/${encodeURIComponent(register)}/export.csv?${query}`} download>
      {t("registers.export")}
    </Button>
  );
}

type RowsProps = {
  pages: Listing[];
  words: string;
  clear: () => void;
  open: (id: string) => void;
  more: (() => unknown) | undefined;
  loading: boolean;
};

function Rows({ pages, words, clear, open, more, loading }: RowsProps) {
  const { t, pick } = useLocale();
  const view = useListView();
  const [first] = pages;
  const rows = pages.flatMap((page) => page.rows);
  const [at, setAt] = useState(-1);
  useKey("j", () => setAt((n) => (n < rows.length - 1 ? n + 1 : n)));
  useKey("k", () => setAt((n) => (n > 0 ? n - 1 : n)));
  useEffect(() => {
    if (at >= 0) document.querySelectorAll<HTMLElement>('[data-testid="list-row"]')[at]?.focus();
  }, [at]);
  if (!first) return null;
  const filtered = words !== "" || Object.keys(view.filters).length > 0;
  const columns: TableColumn<ListRow>[] = first.columns.map((column) => ({
    key: column.key,
    title: pick(column.title),
    align: column.align,
    width: WIDTH,
    render: (row) => row.cells[column.key] || "—",
  }));
  return (
    <Panel
      title={<span data-testid="list-total">{t("rows.total", { total: first.total_shown })}</span>}
      actions={<Order listing={first} />}
      flush
    >
      {rows.length === 0 ? (
        <Empty why={t(filtered ? "registers.no_match" : "registers.empty")}>
          {filtered && <Button onClick={clear}>{t("action.clear_filter")}</Button>}
        </Empty>
      ) : (
        <div className={styles.scroll}>
          <QueryTable
            label={pick(first.title)}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            testId="list-row"
            onOpen={(row) => open(row.id)}
          />
        </div>
      )}
      {more && (
        <div className={`${styles.more} no-print`}>
          <Button block loading={loading} onClick={more} data-testid="more">
            {t("registers.more")}
          </Button>
        </div>
      )}
    </Panel>
  );
}

/** By which column, and which way. */
function Order({ listing }: { listing: Listing }) {
  const { t, pick } = useLocale();
  const { set } = useScope();
  const falls = listing.sort.startsWith("-");
  const key = falls ? listing.sort.slice(1) : listing.sort;
  return (
    <span className={styles.buttons}>
      <Select
        aria-label={t("registers.sort")}
        value={key}
        options={listing.all_columns
          .filter((column) => column.sorts)
          .map((column) => ({ value: column.key, label: pick(column.title) }))}
        onChange={(next: string) => set({ sort: `${falls ? "-" : ""}${next}` })}
        popupMatchSelectWidth={false}
      />
      <Button onClick={() => set({ sort: falls ? key : `-${key}` })}>
        {t(falls ? "registers.falls" : "registers.rises")}
      </Button>
    </span>
  );
}
