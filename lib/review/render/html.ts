import { asClause } from "../../errors.ts";
import type { Page } from "../../page/report.ts";
import { hidesValues, type ReviewDocument } from "../document.ts";
import { KINDS, type Line, type Tone } from "../line.ts";
import { preflightFacts, terraformWords } from "../preflight.ts";

const TONE: Readonly<Record<ReviewDocument["verdict"], Tone>> = {
  nothing: "quiet",
  reversible: "good",
  irreversible: "bad",
  refused: "bad",
};

/** The review as a page; `renderPage` (lib/page) makes HTML of it. */
export function reviewPage(document: ReviewDocument): Page {
  const { summary, verdict, refused, notices, exceptions, lines, preflight, terraform, values } = document;
  const facts = preflight === undefined ? [] : preflightFacts(preflight, document.access);
  const count = (kind: string) => lines.filter((line) => line.kind === kind).length;
  return {
    title: "Plan: what happens to whom",
    heading: "What a deploy would do, and to whom",
    verdict: { text: summary, tone: TONE[verdict] },
    facts: [
      ...facts.map(({ label, value }) => ({ label, value })),
      ...(terraform === undefined ? [] : [{ label: "Terraform", value: terraformWords(terraform) }]),
    ],
    bar: KINDS.map(({ id, label, tone }) => ({ label, count: count(id), tone })),
    kinds: KINDS.map(({ id, label, tone }) => ({ id, label, tone })),
    rows: byFile(lines).map(({ kind, who, what, remarks = [], file }) => ({
      kind,
      who,
      what: [...what, ...remarks, ...(file === undefined ? [] : [`in ${file}`])],
    })),
    notes: [
      ...refused.map(({ message, hint }) => `Refused: ${asClause(message)}. ${hint}`),
      ...notices,
      ...exceptions.map((one) => `Allowed for this run: ${one}`),
      ...(values ? ["This page shows people's attributes: keep it private."] : []),
      ...(hidesValues(document) ? [HIDDEN] : []),
    ],
  };
}

/** Those of the same file together, the most serious first; those without a file come first. */
function byFile(lines: readonly Line[]): readonly Line[] {
  const rank = ({ file = "" }: Line) => file;
  return lines.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

const HIDDEN = "Attributes are shown by name only, unless the plan is made with --show-values.";
