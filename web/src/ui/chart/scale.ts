/**
 * From exact values to places on the screen.
 *
 * The only file of the application that reads a value as a number, and only to place a mark in pixels: nothing it
 * returns is ever printed.
 */
import type { Target } from "@/api/types";

/** The place of a value on a scale, or null when it is missing. */
export function place(value: string | null): number | null {
  if (value === null || value === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/**
 * Where the target line of a figure stands, as an exact value, or null when it cannot be known.
 *
 * Without an exact target only a rate can be placed: its shown form is the number with its sign.
 */
export function targetPlace(target: Target | null, unit: string): string | null {
  if (target === null) return null;
  if (target.value) return target.value;
  if (unit !== "%" && unit !== "‰") return null;
  const bare = target.shown.replace(/[%‰\s]/g, "");
  return place(bare) === null ? null : bare;
}

/** The share of the widest mark, 0 to 1; bars start at zero, so a negative value has no length. */
export function share(value: string | null, widest: number): number {
  const number = place(value);
  if (number === null || widest <= 0) return 0;
  return Math.min(1, Math.max(0, number / widest));
}

/** The largest of the values, zero when there is none. */
export function widest(values: (string | null)[]): number {
  return values.reduce((most, value) => Math.max(most, place(value) ?? 0), 0);
}

/** The points of a line inside a box, as an SVG path; gaps stay gaps. */
export function linePath(values: (string | null)[], width: number, height: number): string {
  const places = values.map(place);
  const known = places.filter((number): number is number => number !== null);
  if (known.length < 2) return "";
  const low = Math.min(...known);
  const high = Math.max(...known);
  const span = high - low || 1;
  const step = width / Math.max(1, values.length - 1);
  let pen = "M";
  let path = "";
  places.forEach((number, index) => {
    if (number === null) {
      pen = "M";
      return;
    }
    const x = (index * step).toFixed(1);
    const y = (height - ((number - low) / span) * height).toFixed(1);
    path += `${pen}${x} ${y}`;
    pen = "L";
  });
  return path;
}
