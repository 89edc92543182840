import { UserError } from "../errors.ts";
import { counted, type Refusal } from "./verdict.ts";

const SHOWN = 20;

/** A roster that would lose or double somebody, recognised before anything is planned. Exit 3. */
export class RefusedError extends UserError {
  readonly refused: readonly Refusal[];

  /** @param roster the roster's file, as the reader names it */
  constructor(refused: readonly Refusal[], roster: string) {
    const left = refused.length - SHOWN;
    const lines = refused.slice(0, SHOWN).map(({ message, hint }) => `  ${message}\n      ${hint}`);
    super(
      [
        `REFUSED: ${counted(refused.length, "line", "lines")} of ${roster} would lose somebody`,
        ...lines,
      ].join("\n"),
      {
        exitCode: 3,
        next: [
          ...(left > 0 ? [`and ${left} more`] : []),
          `the former lines are in git: git log -p -- ${roster}; nothing was planned, and nothing has changed`,
        ],
      },
    );
    this.refused = refused;
  }
}
