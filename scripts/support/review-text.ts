import type { Review } from "../../lib/review/review.ts";
import { counted, type Refusal } from "../../lib/review/verdict.ts";
import { headline, lines, type Weight } from "../../lib/review/words.ts";
import type { Paint } from "./paint.ts";
import { table } from "./table.ts";

export interface Reviewed {
  readonly review: Review;
  readonly refused: readonly Refusal[];
  /** People in the pool that nobody declared. */
  readonly strangers: readonly string[];
}

const SIGN: Readonly<Record<Weight, string>> = {
  adds: "+",
  changes: "~",
  takes: "-",
  destroys: "✖",
  quiet: "·",
};

const STRANGERS_SHOWN = 10;

/** A review for a terminal: the head line, everyone and everything concerned, and what stands in the way. */
export function reviewText({ review, refused, strangers }: Reviewed, paint: Paint): string {
  const colour = {
    adds: paint.green,
    changes: paint.yellow,
    takes: paint.yellow,
    destroys: paint.red,
    quiet: paint.dim,
  };
  const rows = lines(review).map(({ weight, who, what }) => [
    colour[weight](SIGN[weight]),
    paint.bold(who),
    what,
  ]);
  const head = headline(review, refused);
  return [
    ...(rows.length > 0
      ? [
          table(["", "", ""], rows)
            .replace(/^\s*\n/, "")
            .replace(/ +$/gm, ""),
          "",
        ]
      : []),
    ...(strangers.length > 0 ? [undeclared(strangers), ""] : []),
    refused.length > 0 ? paint.red(paint.bold(head)) : paint.bold(head),
    ...refused.map(({ hint }) => `  ${paint.yellow("→")} ${hint}`),
    "",
  ].join("\n");
}

function undeclared(strangers: readonly string[]): string {
  const shown = strangers.slice(0, STRANGERS_SHOWN).join(", ");
  const more = strangers.length - STRANGERS_SHOWN;
  const left = more > 0 ? `, and ${more} more` : "";
  return `${counted(strangers.length, "person is", "people are")} in the user pool and not in the roster: ${shown}${left}. They are not touched; to take them over, add them to the roster.`;
}

/** A review for programs. */
export function reviewDocument({ review, refused, strangers }: Reviewed) {
  return { summary: headline(review, refused), refused, strangers, ...review };
}
