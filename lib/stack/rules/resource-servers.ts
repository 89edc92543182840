import { quote } from "../../roster/redact.ts";
import type { ResourceServers } from "../resource-servers.ts";
import * as limits from "./cognito-limits.ts";
import { count, outOfRange, refused, type SettingProblem, settingPath, tooMany, wrong } from "./problem.ts";

const CALL = refused("CreateResourceServer");

/** What is wrong with the APIs and their scopes. */
export function* resourceServerProblems(servers: ResourceServers = {}): Generator<SettingProblem> {
  yield* tooMany("resourceServers", Object.keys(servers).length, limits.RESOURCE_SERVERS_MAX);
  for (const [identifier, { name, scopes }] of Object.entries(servers)) {
    const setting = settingPath(["resourceServers", identifier]);
    if (!limits.RESOURCE_SERVER.test(identifier)) {
      yield wrong({
        setting,
        message: `${quote(identifier)} can't identify a resource server`,
        why: identifier.includes("|") ? "Terraform couldn't import it, because it splits ids at |." : CALL,
        next: "Write the API's URL, or a word: 1–256 printable ASCII characters without space, \" \\ and |",
      });
    }
    if (name !== undefined && !limits.RESOURCE_SERVER_NAME.test(name)) {
      yield wrong({
        setting: `${setting}.name`,
        message: `${quote(name)} isn't a name that Cognito accepts`,
        why: CALL,
        next: "Write 1–256 letters a–z, digits, spaces and _ + = , . @ -, or leave it out.",
      });
    }
    yield* scopeProblems(identifier, scopes);
  }
}

function* scopeProblems(
  identifier: string,
  scopes: Readonly<Record<string, string>>,
): Generator<SettingProblem> {
  const setting = settingPath(["resourceServers", identifier, "scopes"]);
  yield* tooMany(setting, Object.keys(scopes).length, limits.RESOURCE_SERVER_SCOPES_MAX);
  for (const [scope, description] of Object.entries(scopes)) {
    const path = settingPath(["resourceServers", identifier, "scopes", scope]);
    if (!limits.RESOURCE_SERVER_SCOPE.test(scope)) {
      const rest = scope.startsWith(`${identifier}/`) ? scope.slice(identifier.length + 1) : undefined;
      yield wrong({
        setting: path,
        message: `${quote(scope)} can't name a scope`,
        why: CALL,
        next: rest
          ? `Write ${quote(rest)}: the identifier stands before it already.`
          : 'Write 1–256 printable ASCII characters without space, " \\ and /: a client asks for it as IDENTIFIER/SCOPE.',
      });
    }
    yield* outOfRange(path, count(description), limits.SCOPE_DESCRIPTION, "characters");
  }
}
