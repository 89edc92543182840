import { stripVTControlCharacters } from "node:util";
import { UserError, type UserErrorDetails } from "../errors.ts";
import { commandLine } from "../shell.ts";
import { missingSecretIn, SECRETS_VARIABLE } from "../stack/identity-providers.ts";
import { blockKind } from "../stack/synth/shards.ts";
import type { Diagnostic } from "./events.ts";

/**
 * A state that another run has locked, in words: who has locked it since when, how to check, and what to do. Terraform reports
 * all of that as "Lock Info" in the diagnostic, unless the other run released it at that very moment.
 * @param directory the stack's, for the command that breaks the lock
 * @returns undefined if this is another diagnostic
 */
export function lockedState(
  { summary, detail = "" }: Diagnostic,
  directory: string,
): (UserErrorDetails & { readonly message: string }) | undefined {
  if (summary !== "Error acquiring the state lock") return undefined;
  // The HTTP backend (Terraform 1.11.4) shows the lock that this run wanted, and only the ID of the existing one.
  const elsewhere = /HTTP remote state already locked: ID=(\S*)/.exec(detail);
  const info = (field: string) =>
    elsewhere === null ? new RegExp(`^\\s*${field}:[ \\t]+(\\S.*?)\\s*$`, "m").exec(detail)?.[1] : undefined;
  const id = elsewhere?.[1] || info("ID");
  const path = info("Path");
  if (
    id === undefined &&
    elsewhere === null &&
    !/PreconditionFailed|ConditionalRequestConflict|already locked|resource temporarily unavailable/.test(
      detail,
    )
  ) {
    return undefined; // no one holds it: the lock can't be written, and the detail says why
  }
  const who = info("Who") ?? "Another run";
  const since = info("Created")?.replace(/^(\S+ [\d:]+)\S* .*$/, "$1 UTC");
  const operation = info("Operation")
    ?.replace(/^OperationType/, "")
    .toLowerCase();
  return {
    message: `The state${path === undefined ? "" : ` ${path}`} is locked: ${who} has been working on it${since === undefined ? "" : ` since ${since}`}${operation === undefined ? "" : ` (${operation})`}`,
    why: "Only one run at a time may change it; two would create people twice. This run changed nothing.",
    next: [
      "Wait until the other run has finished, then run the command again",
      `Only if you are sure it is no longer running (it was killed, its machine is gone): ${commandLine`(cd ${directory} && terraform force-unlock ${id ?? "ID"})`}`,
    ],
  };
}

/**
 * Identity providers whose secret is missing, in words.
 * @returns undefined if anything else is wrong as well
 */
function missingSecrets(
  errors: readonly Diagnostic[],
): (UserErrorDetails & { readonly message: string }) | undefined {
  const names = errors.map(({ detail = "" }) => missingSecretIn(detail.replace(/\s+/g, " ")));
  const missing = names.filter((name) => name !== undefined);
  if (missing.length < errors.length || missing.length === 0) return undefined;
  const given = Object.fromEntries(missing.map((name) => [name, "…"]));
  return {
    message: `Missing secret for ${missing.join(", ")}`,
    why: "A new identity provider, or one with a new client id, needs a secret. It isn't read from a file, so that it can't end up in git.",
    next: [
      `set it in the shell or CI job that runs Terraform: TF_VAR_${SECRETS_VARIABLE}='${JSON.stringify(given)}'`,
    ],
  };
}

/** Terraform failed, or was stopped. Contains its diagnostics, without the source lines and values that it quotes. */
export class TerraformError extends UserError {
  readonly diagnostics: readonly Diagnostic[];
  /** True if we stopped it: the user knows, and needs no list of errors. */
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
    () => "Another run changed the state after the plan was made: run the command again for a new plan",
  ],
  [
    /Backend configuration changed|Backend initialization required/,
    (directory) =>
      `To move the state to the new place: ${commandLine`(cd ${directory} && terraform init -migrate-state)`}; use -reconfigure instead if the new place already has it`,
  ],
];

/**
 * A failed run as an error in words.
 * @param command such as "terraform apply"
 * @param diagnostics from the -json stream; if there are none, they are read from stderr
 * @param directory the one Terraform ran in, for commands in the hint
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
    return new TerraformError(`${command} failed`, { why: text.slice(-2000) || "It gave no reason." });
  }
  const locked = lockedState(first, directory);
  if (locked !== undefined) return new TerraformError(locked.message, { ...locked, diagnostics: found });
  const secrets = missingSecrets(errors);
  if (secrets !== undefined) return new TerraformError(secrets.message, { ...secrets, diagnostics: found });
  if (errors.length > 1) {
    return new TerraformError(`${command} failed with ${errors.length} errors`, {
      why: everything,
      next,
      diagnostics: found,
    });
  }
  return new TerraformError(`${command} failed: ${whereIn(first)}${first.summary}`, {
    ...(first.detail ? { why: first.detail.trim() } : {}),
    next,
    diagnostics: found,
  });
}

function describe(diagnostic: Diagnostic): string {
  const { summary, detail } = diagnostic;
  const indented = detail ? `\n${detail.replace(/^(?=.)/gm, "  ")}` : "";
  return `${whereIn(diagnostic)}${summary}${indented}`;
}

/** Of many people, the number of the block that someone happens to be in means nothing to anybody. */
function whereIn({ address }: Diagnostic): string {
  if (address === undefined) return "";
  return `${address.replace(/(?<=^\w+\.)\w+(?=\[)/, (name) => blockKind(name) ?? name)}: `;
}

/**
 * Reads the boxes that Terraform draws on stderr. Their source lines and the values of expressions are left out: a source line
 * of cdk.tf.json can be the whole file, and values may be personal.
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
