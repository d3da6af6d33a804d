/**
 * Enter moves from field to field, as it does in the programs that clerks know, and never while an input method composes.
 *
 * The codes of one field are one stop: digits and arrows choose among them.
 */
import type { KeyboardEvent } from "react";

const STOPS = "input:not([disabled]), textarea, select, [role=radio], button[data-save]";

const choiceOf = (stop: Element) => stop.closest("[role=radiogroup]");

/** Handles Enter inside the element that listens; a button and an open list keep theirs. */
export function enterMoves(event: KeyboardEvent<HTMLElement>) {
  const target = event.target as HTMLElement;
  const keeps = target.tagName === "BUTTON" || target.getAttribute("aria-expanded") === "true";
  if (event.key !== "Enter" || event.nativeEvent.isComposing || keeps) return;
  event.preventDefault();
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>(STOPS)];
  const choice = choiceOf(target);
  const next = stops.slice(stops.indexOf(target) + 1).find((stop) => !choice || choiceOf(stop) !== choice);
  const chosen = next && choiceOf(next)?.querySelector<HTMLElement>("input:checked");
  (chosen ?? next)?.focus();
}
