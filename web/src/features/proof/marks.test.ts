import { expect, test } from "vitest";
import type { Proof } from "@/api/types";
import { marksOf, piecesOf } from "./marks";

const claim = (start: number, end: number) => ({ start, end, quote: "", value: null, unit: "", subject: "" });

const proof = (text: string, claims: Proof["claims"], relations: Proof["relations"] = []): Proof => ({
  name: "a.txt",
  format: "txt",
  encoding: "UTF-8",
  mended: [],
  text,
  claims,
  relations,
  matches: [],
  period: "2025",
});

const relation = (verdict: "holds" | "fails", claims: number[], result: number | null) => ({
  kind: "sum",
  title: "",
  verdict,
  start: 0,
  end: 0,
  claims,
  result,
  computation: "",
  computed: null,
  printed: null,
  slips: [],
});

test("positions count scalars, and nothing of the text is lost", () => {
  const text = "𠮷出生12人，男7人";
  const pieces = piecesOf(proof(text, [claim(3, 6), claim(8, 10)]));
  expect(pieces.map((piece) => piece.text)).toEqual(["𠮷出生", "12人", "，男", "7人"]);
  expect(pieces.map((piece) => piece.text).join("")).toBe(text);
});

test("a claim inside another one is not shown twice", () => {
  const pieces = piecesOf(proof("1234", [claim(0, 4), claim(1, 2)]));
  expect(pieces).toHaveLength(1);
});

test("the figure that would have to be otherwise is marked most, its terms less, and a failure outweighs what holds", () => {
  const both = proof(
    "",
    [claim(0, 0), claim(0, 0), claim(0, 0)],
    [relation("holds", [0, 1], null), relation("fails", [1, 2], 2)],
  );
  expect(marksOf(both)).toEqual(["ok", "warn", "late"]);
});
