/** A text cut into pieces at its claims, each with what became of it. Positions count Unicode scalars. */
import type { Proof } from "@/api/types";

/** What is to be said of a claim: it does not agree, it was cut short, it agrees, or nothing was found to check it by. */
export type Mark = "late" | "warn" | "ok" | "none";

export type Piece = { text: string; claim: number | null; mark: Mark };

const RANK: Record<Mark, number> = { none: 0, ok: 1, warn: 2, late: 3 };

const worse = (a: Mark, b: Mark) => (RANK[b] > RANK[a] ? b : a);

/** The mark of every claim, from its relations and from the records. */
export function marksOf(proof: Proof): Mark[] {
  const marks: Mark[] = proof.claims.map(() => "none");
  const see = (claim: number, mark: Mark) => {
    marks[claim] = worse(marks[claim] ?? "none", mark);
  };
  for (const relation of proof.relations) {
    for (const claim of relation.claims) {
      if (relation.verdict === "fails") {
        see(claim, relation.result === null || relation.result === claim ? "late" : "warn");
      }
      if (relation.verdict === "truncated") see(claim, "warn");
      if (relation.verdict === "holds") see(claim, "ok");
    }
  }
  for (const match of proof.matches) {
    if (match.agrees !== null) see(match.claim, match.agrees ? "ok" : "warn");
  }
  return marks;
}

/** The text in order, claims apart from what lies between them. A claim inside another one stays part of it. */
export function piecesOf(proof: Proof): Piece[] {
  const scalars = Array.from(proof.text);
  const marks = marksOf(proof);
  const order = proof.claims.map((_, n) => n);
  order.sort((a, b) => (proof.claims[a]?.start ?? 0) - (proof.claims[b]?.start ?? 0));
  const pieces: Piece[] = [];
  let at = 0;
  const between = (until: number) => {
    if (until <= at) return;
    pieces.push({ text: scalars.slice(at, until).join(""), claim: null, mark: "none" });
    at = until;
  };
  for (const n of order) {
    const claim = proof.claims[n];
    if (!claim || claim.start < at) continue;
    between(claim.start);
    pieces.push({
      text: scalars.slice(claim.start, claim.end).join(""),
      claim: n,
      mark: marks[n] ?? "none",
    });
    at = claim.end;
  }
  between(scalars.length);
  return pieces;
}
