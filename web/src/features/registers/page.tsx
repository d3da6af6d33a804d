/** 台账: which registers there are; one of them as a list that is searched, filtered, kept as a link, and written to. */
import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { registersQuery } from "@/api/registers";
import type { Text } from "@/api/types";
import { useLocale } from "@/locale";
import { PageFrame } from "@/ui/page-frame";
import { Panel } from "@/ui/panel";
import { Empty, Region } from "@/ui/region";
import { useScope } from "@/view/scope";
import { RegisterList } from "./list";
import styles from "./page.module.css";

const SKELETON_PX = 420;

export function RegistersPage() {
  const { get } = useScope();
  const register = get("register");
  return register ? <RegisterList key={register} register={register} /> : <Index />;
}

function Index() {
  const { t, pick } = useLocale();
  const { scope, to } = useScope();
  const query = useQuery(registersQuery(scope.lang));
  const [words, setWords] = useState("");
  const wanted = words.trim().toLowerCase();
  const fits = (title: Text) => pick(title).toLowerCase().includes(wanted);
  return (
    <PageFrame title={t("page.registers")} scope={["org"]}>
      <Input
        className={`${styles.words} no-print`}
        allowClear
        value={words}
        placeholder={t("registers.find")}
        aria-label={t("registers.find")}
        onChange={(event) => setWords(event.target.value)}
      />
      <Region query={query} height={SKELETON_PX}>
        {({ groups: all }) => {
          const groups = all
            .map((group) =>
              fits(group.title)
                ? group
                : { ...group, registers: group.registers.filter((one) => fits(one.title)) },
            )
            .filter((group) => group.registers.length > 0);
          return groups.length === 0 ? (
            <Empty why={t(wanted === "" ? "registers.none" : "registers.no_such")} />
          ) : (
            <div className={styles.groups}>
              {groups.map((group) => (
                <Panel key={group.pack} title={pick(group.title)} flush>
                  <ul className={styles.registers}>
                    {group.registers.map((one) => (
                      <li key={one.id}>
                        <Link to={to("/registers", { register: one.id })} data-testid="register">
                          {pick(one.title)}
                        </Link>
                      </li>
                    ))}
                  </ul>
                </Panel>
              ))}
            </div>
          );
        }}
      </Region>
    </PageFrame>
  );
}
