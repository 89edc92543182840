import { stripVTControlCharacters } from "node:util";
import { UserError, type UserErrorDetails } from "../errors.ts";
import { commandLine } from "../shell.ts";
import type { Diagnostic } from "./events.ts";

/**
 * A state that another run holds, in words: who has held it since when, how to look, and what to do. Terraform says all of
 * that as "Lock Info" in the diagnostic, except when the other run let go in the very moment.
 * @param directory the stack's, for the command that breaks the lock
 * @returns undefined when this is another diagnostic
 */
export function lockedState(
  { summary, detail = "" }: Diagnostic,
  directory: string,
): (UserErrorDetails & { readonly message: string }) | undefined {
  if (summary !== "Error acquiring the state lock") return undefined;
  const info = (field: string) => new RegExp(`^\\s*${field}:[ \\t]+(\\S.*?)\\s*$`, "m").exec(detail)?.[1];
  const id = info("ID");
  const path = info("Path");
  if (
    id === undefined &&
    !/PreconditionFailed|ConditionalRequestConflict|already locked|resource temporarily unavailable/.test(
      detail,
    )
  ) {
    return undefined; // not held by anybody: the place of the lock cannot be written, and the detail says why
  }
  const who = info("Who") ?? "Another run";
  const since = info("Created")?.replace(/^(\S+ [\d:]+)\S* .*$/, "$1 UTC");
  const operation = info("Operation")
    ?.replace(/^OperationType/, "")
    .toLowerCase();
  return {
    message: `The state${path === undefined ? "" : ` ${path}`} is locked: ${who} has been working on it${since === undefined ? "" : ` since ${since}`}${operation === undefined ? "" : ` (${operation})`}`,
    why: "Only one run at a time may change it: two at once would create people twice. This one has changed nothing.",
    next: [
      "Wait until the other run has finished, then run the command again",
      `Only when it surely does not run any more (it was killed, its machine is gone): ${commandLine`(cd ${directory} && terraform force-unlock ${id ?? "ID"})`}`,
    ],
  };
}

/** Terraform failed, or was stopped. Carries its diagnostics, without the source lines and values that it quotes. */
export class TerraformError extends UserError {
  readonly diagnostics: readonly Diagnostic[];
  /** True when we stopped it: the reader knows, and needs no list of errors. */
  readonly interrupted: boolean;

  constructor(
    message: string,
    details: UserErrorDetails & { diagnostics?: readonly Diagnostic[]; interrupted?: boolean } = {},
  ) {
    super(message, details);
    this.diagnostics = details.diagnostics ?? [];
    this.interrupted = details.interrupted ?? false;
  }
}

const HINTS: readonly (readonly [RegExp, (directory: string) => string])[] = [
  [
    /Failed to query available provider packages|Failed to install provider|Could not retrieve the list of available versions/,
    () =>
      "Allow access to registry.terraform.io, or set TF_PLUGIN_MIRROR to a directory made with `terraform providers mirror`",
  ],
  [
    /No valid credential sources found|validating provider credentials/,
    () =>
      "sign in to AWS (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  ],
  [/invalid AWS Region/i, () => "set AWS_REGION, or write `region` into config.ts"],
  [
    /Saved plan is stale/,
    () => "Another run has changed the state since the plan was made: run the command again, for a new plan",
  ],
  [
    /Backend configuration changed|Backend initialization required/,
    (directory) =>
      `To take the state along to the new place: ${commandLine`(cd ${directory} && terraform init -migrate-state)`}; with -reconfigure instead, when the new place has it already`,
  ],
];

/**
 * A failed run as an error in words.
 * @param command such as "terraform apply"
 * @param diagnostics from the -json stream; without any, they are read out of stderr
 * @param directory the one Terraform ran in, for the commands that help
 */
export function terraformFailure(
  command: string,
  diagnostics: readonly Diagnostic[],
  stderr: string,
  directory: string,
) {
  const text = stripVTControlCharacters(stderr).trim();
  const found = diagnostics.length > 0 ? diagnostics : parseDiagnostics(text);
  const errors = found.filter(({ severity }) => severity === "error");
  const everything = errors.map(describe).join("\n");
  const next = HINTS.filter(([pattern]) => pattern.test(everything)).map(([, hint]) => hint(directory));
  const [first] = errors;
  if (first === undefined) {
    return new TerraformError(`${command} failed`, { why: text.slice(-2000) || "It did not say why." });
  }
  const locked = lockedState(first, directory);
  if (locked !== undefined) return new TerraformError(locked.message, { ...locked, diagnostics: found });
  if (errors.length > 1) {
    return new TerraformError(`${command} failed with ${errors.length} errors`, {
      why: everything,
      next,
      diagnostics: found,
    });
  }
  const where = first.address === undefined ? "" : `${first.address}: `;
  return new TerraformError(`${command} failed: ${where}${first.summary}`, {
    ...(first.detail ? { why: first.detail.trim() } : {}),
    next,
    diagnostics: found,
  });
}

function describe({ address, summary, detail }: Diagnostic): string {
  const indented = detail ? `\n${detail.replace(/^(?=.)/gm, "  ")}` : "";
  return `${address === undefined ? "" : `${address}: `}${summary}${indented}`;
}

/**
 * Reads the boxes that Terraform draws on stderr. The source lines and the values of expressions in them are left out:
 * a source line of cdk.tf.json can be the whole file, and values may be somebody's.
 */
export function parseDiagnostics(stderr: string): Diagnostic[] {
  const boxes = stderr.match(/^╷$[^╵]*^╵$/gm) ?? [];
  return boxes.flatMap((box) => {
    const lines = box.split(/\r?\n/).map((line) => line.replace(/^[╷│╵] ?/, "").trimEnd());
    const title = lines.findIndex((line) => /^(Error|Warning): /.test(line));
    const [, severity, summary] = /^(Error|Warning): (.*)$/.exec(lines[title] ?? "") ?? [];
    if (severity === undefined || summary === undefined) return [];
    const address = lines.map((line) => /^ {2}with (.+),$/.exec(line)?.[1]).find(Boolean);
    const detail = lines
      .slice(title + 1)
      .filter((line) => !/^ {2}(with|on) .+[,:]$|^ +\d+: |^ +[├│]/.test(line))
      .join("\n")
      .trim();
    return [
      {
        severity: severity === "Error" ? ("error" as const) : ("warning" as const),
        summary,
        ...(detail ? { detail } : {}),
        ...(address === undefined ? {} : { address }),
      },
    ];
  });
}
