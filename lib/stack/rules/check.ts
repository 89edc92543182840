import { quote } from "../../roster/redact.ts";
import { authFlowsOf } from "../defaults.ts";
import type { Settings } from "../settings.ts";
import { asIsProblems } from "./arguments.ts";
import { clientProblems } from "./client.ts";
import * as limits from "./cognito-limits.ts";
import { choiceProblems } from "./factors.ts";
import { groupProblems } from "./groups.ts";
import { type ConfigSource, locateSetting } from "./locate.ts";
import { poolProblems } from "./pool.ts";
import { doubtful, refused, type SettingProblem, SettingsError, wrong } from "./problem.ts";
import { shapeProblems } from "./shape.ts";

/** A reference as cdktf writes it into a text, such as the ARN of a Lambda function of the same app. */
const REFERENCE = /[$#]\{TfToken\[/;

/** Where a reference may stand alone: in Terraform's own words, and where the ARN of another resource belongs. */
const MAY_REFER: ReadonlySet<string> = new Set(["asIs", "roleArn", "sourceArn", "snsCallerArn"]);

/** References where a plain text belongs: they can't be checked, and Terraform would be given their letters. */
function* strayReferences(setting: string, value: unknown): Generator<SettingProblem> {
  if (typeof value === "string" && REFERENCE.test(value)) {
    yield wrong({
      setting,
      message: "it refers to another resource",
      why: "Only a text that is written out can be checked; Terraform would take the reference for such a text.",
      next: "Write it out, or say it in Terraform's own words in `asIs`, where a reference may stand alone.",
    });
  }
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (MAY_REFER.has(name)) continue;
    yield* strayReferences(Array.isArray(value) ? `${setting}[${name}]` : `${setting}.${name}`, inner);
  }
}

/**
 * Everything that is wrong or doubtful about the settings, all at once. Cognito would refuse most of it in the middle of
 * an apply, one by one, and accept the rest.
 * @param source the config.ts that they are from: then each problem has its place in it. @default an app of a team's own
 */
export function checkSettings(settings: Settings, source?: ConfigSource): SettingProblem[] {
  const problems = problemsOf(settings);
  if (source === undefined) return problems;
  return problems
    .map((problem) => ({ ...problem, location: locateSetting(source, problem.setting) }))
    .sort(
      ({ location: a }, { location: b }) =>
        (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    );
}

function problemsOf(settings: Settings): SettingProblem[] {
  const { unknown, unreadable } = shapeProblems(settings);
  // The rules of a section need it to be what it says.
  const readable = (section: "pool" | "client" | "groups") =>
    !unreadable.some(({ setting }) => setting === "config" || RegExp(`^${section}\\b`).test(setting));
  const pool = readable("pool");
  const client = readable("client");
  const groups = readable("groups") ? (settings.groups ?? {}) : {};
  return [
    ...unknown,
    ...unreadable,
    ...(pool ? poolProblems(settings.pool) : []),
    ...(client ? clientProblems(settings.client) : []),
    ...(pool ? asIsProblems("pool", settings) : []),
    ...(client ? asIsProblems("client", settings) : []),
    ...(pool ? strayReferences("pool", settings.pool) : []),
    ...groupProblems(groups),
    ...(client ? strayReferences("client", settings.client) : []),
    ...strayReferences("groups", groups),
    ...(pool && client ? togetherProblems(settings) : []),
  ];
}

/**
 * Refuses settings that can't be used.
 * @param source as for `checkSettings`
 * @returns the warnings about those that can
 * @throws SettingsError (exit code 2) with every error
 */
export function requireUsable(settings: Settings, source?: ConfigSource): SettingProblem[] {
  const problems = checkSettings(settings, source);
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new SettingsError(errors);
  return problems;
}

function* togetherProblems(settings: Settings): Generator<SettingProblem> {
  const { pool, client } = settings;
  yield* unknownScopes(settings);
  yield* choiceProblems(pool, "client", authFlowsOf(client));
  yield* otherProviders(settings);
  if (client.oauth !== undefined && pool.domainPrefix === undefined) {
    yield doubtful({
      setting: "pool.domainPrefix",
      message: "there is none, but the client has oauth",
      why: "Cognito's sign-in pages live on the pool's domain; without one nobody can open them.",
      next: "Write a prefix of your own, unless the pool gets its domain elsewhere.",
    });
  }
}

/** Scopes that exist: Cognito's own, and those that the team's words in `asIs` say are there. */
const knownScopes = ({ client }: Settings): ReadonlySet<string> =>
  new Set([...limits.STANDARD_SCOPES, ...listed(client.asIs?.allowedOauthScopes)]);

/** A scope of a resource server that there is not: Cognito takes none before (ScopeDoesNotExistException). */
function* unknownScopes(settings: Settings): Generator<SettingProblem> {
  const known = knownScopes(settings);
  for (const [index, scope] of (settings.client.oauth?.scopes ?? []).entries()) {
    if (known.has(scope) || !limits.SCOPE.test(scope)) continue;
    yield wrong({
      setting: `client.oauth.scopes[${index}]`,
      message: `${quote(scope)} is a scope of a resource server, and the pool has none`,
      why: refused("CreateUserPoolClient, ScopeDoesNotExistException"),
      next: `Cognito's own are ${limits.STANDARD_SCOPES.join(", ")}. If the resource server is made elsewhere, write all scopes into client.asIs.allowedOauthScopes instead.`,
    });
  }
}

/**
 * Providers other than Cognito itself. Only a warning: nothing here makes one, but a pool that was adopted has its own, and a
 * team may make one in another stack.
 */
function* otherProviders({ client }: Settings): Generator<SettingProblem> {
  const known = new Set(["COGNITO", ...listed(client.asIs?.supportedIdentityProviders)]);
  const others = (client.identityProviders ?? []).filter(
    (provider) => !known.has(provider) && limits.IDENTITY_PROVIDER.test(provider),
  );
  if (others.length === 0) return;
  yield doubtful({
    setting: "client.identityProviders",
    message: `nothing here makes ${others.map(quote).join(", ")}`,
    why: `The pool must have ${others.length === 1 ? "it" : "them"} before. Else: ${refused("CreateUserPoolClient")}`,
    next: "Make sure that the pool has it, or leave it out. Written into client.asIs.supportedIdentityProviders, it is taken to be there.",
  });
}

/** A list that is written out; a reference to another resource is unknown. */
const listed = (names: unknown): readonly string[] =>
  Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
