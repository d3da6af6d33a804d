/** A figure inside a sentence: underlined with a hair line, explained while hovered, kept beside the text when pressed. */
import { useQuery } from "@tanstack/react-query";
import { Popover } from "antd";
import { type MouseEvent, useState } from "react";
import { Link } from "react-router";
import { figureCardQuery } from "@/api/queries";
import type { FigureRef } from "@/api/types";
import { useLocale } from "@/locale";
import { FigureOrigin } from "@/ui/figure-origin";
import { Region } from "@/ui/region";
import { useScope } from "@/view/scope";
import styles from "./sheet.module.css";

type Props = { text: string; figure: FigureRef; chosen: boolean; choose: (figure: FigureRef) => void };

const SKELETON_PX = 120;

export function FigureInText({ text, figure, chosen, choose }: Props) {
  const { t } = useLocale();
  const { to } = useScope();
  const [asked, setAsked] = useState(false);
  const press = (event: MouseEvent) => {
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey;
    if (chosen || elsewhere) return;
    event.preventDefault();
    choose(figure);
  };
  // A link, not a button: only inline text keeps a full stop from starting a line.
  const number = (
    <Link
      className={`${styles.figure} ${chosen ? styles.chosen : ""}`}
      to={to("/figure", figure)}
      onClick={press}
      onMouseEnter={() => setAsked(true)}
      onFocus={() => setAsked(true)}
      title={chosen ? t("report.press_again") : undefined}
      data-testid="report-figure"
      data-indicator={figure.indicator}
    >
      {text}
    </Link>
  );
  if (!asked) return number;
  return (
    <Popover
      content={<Card figure={figure} />}
      trigger={["hover", "focus"]}
      mouseEnterDelay={0.15}
      mouseLeaveDelay={0.05}
      defaultOpen
    >
      {number}
    </Popover>
  );
}

function Card({ figure }: { figure: FigureRef }) {
  const { scope } = useScope();
  const query = useQuery(
    figureCardQuery({ ...scope, org: figure.org, period: figure.period }, figure.indicator),
  );
  return (
    <Region query={query} height={SKELETON_PX}>
      {(card) => <FigureOrigin figure={card.figure} formula={card.formula} source={card.source} />}
    </Region>
  );
}
