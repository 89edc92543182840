/** How a command ends, for scripts and CI jobs that read its exit code. */
export const EXIT = {
  ok: 0,
  /** The work failed, partly or completely. */
  failed: 1,
  /** The input was wrong: arguments, settings, the roster. */
  wrong: 2,
  /** A guard refused it. */
  refused: 3,
  /** It differs from what was deployed, and the command was asked to report that. */
  drift: 4,
  /** 128 + SIGINT: what a shell reports for a command that Ctrl-C ended. */
  interrupted: 130,
} as const;

/** The codes that an error may end a command with. */
export type ErrorExit = (typeof EXIT)["failed" | "wrong" | "refused"];

/** Where a problem is in a file; line and column start at 1, as in editors. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** The details of a {@link UserError} besides its message. */
export interface UserErrorDetails {
  /** Why it matters, when the message alone doesn't say. */
  readonly why?: string;
  /** What to do next, one entry a step. */
  readonly next?: readonly string[];
  readonly where?: Location;
  /** @default EXIT.failed */
  readonly exitCode?: ErrorExit;
  readonly cause?: unknown;
}

/**
 * A failure that the user can fix: what happened, where, why it matters and what to do next. Any other exception is a bug of
 * ours and keeps its stack. Never put a secret in one.
 */
export class UserError extends Error {
  readonly why: string | undefined;
  readonly next: readonly string[];
  readonly where: Location | undefined;
  readonly exitCode: ErrorExit;

  constructor(message: string, details: UserErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.why = details.why;
    this.next = details.next ?? [];
    this.where = details.where;
    this.exitCode = details.exitCode ?? EXIT.failed;
  }
}

/** `file:line:column`, which terminals and editors make clickable. */
export function formatLocation({ file, line, column }: Location): string {
  return [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(":");
}

/** How our messages begin, apart from names (Cognito, Terraform, AWS, npm), which keep their capital. */
const FIRST_WORD =
  /^(?:An?|Another|Could|Everyone|In|It|Its|Neither|No|None|Nothing|Only|Someone|That|The|Their|There|These|They|This|Timed|Too)\b/;

/** A message as a part of another one, after a colon: "There is no commit" → "there is no commit". */
export function asClause(message: string): string {
  return FIRST_WORD.test(message) ? message.charAt(0).toLowerCase() + message.slice(1) : message;
}
