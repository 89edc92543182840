import { quote } from "../../roster/redact.ts";
import { clientsOf } from "../clients.ts";
import type { Settings } from "../settings.ts";
import { isReference } from "../terraform-text.ts";
import * as limits from "./cognito-limits.ts";
import { count, doubtful, refused, type SettingProblem, tooMany, wrong } from "./problem.ts";

const ROLES = refused("SetIdentityPoolRoles");

/** What is wrong with who gets AWS credentials, and by which role. */
export function* identityPoolProblems(settings: Settings): Generator<SettingProblem> {
  const { identityPool } = settings;
  if (identityPool === undefined) return;
  const { name, clients, authenticatedRoleArn, guests, roleRules, otherwise, principalTags } = identityPool;
  if (name !== undefined && !limits.IDENTITY_POOL_NAME.test(name)) {
    yield wrong({
      setting: "identityPool.name",
      message: `${quote(name)} isn't a name that Cognito accepts`,
      why: refused("CreateIdentityPool"),
      next: "Use 1–128 letters, digits, spaces and _ + = , . @ -, or leave it out.",
    });
  }
  yield* trustedClients(settings, clients);
  if (authenticatedRoleArn !== undefined)
    yield* roleProblem("identityPool.authenticatedRoleArn", authenticatedRoleArn);
  if (guests !== undefined) {
    yield doubtful({
      setting: "identityPool.guests",
      message: "anyone on the Internet can get AWS credentials without signing in",
      why: "The identity pool's id is all that it takes, and apps publish it.",
      next: "Keep the guests' role as small as you would an anonymous page, or remove it.",
    });
    if (guests !== true) yield* roleProblem("identityPool.guests.roleArn", guests.roleArn);
  }
  yield* tooMany("identityPool.roleRules", roleRules?.length ?? 0, limits.ROLE_RULES_MAX);
  for (const [index, { roleArn }] of (roleRules ?? []).entries())
    yield* roleProblem(`identityPool.roleRules.${index}.roleArn`, roleArn);
  const groups = Object.values(Object(settings.groups) as NonNullable<Settings["groups"]>);
  if (
    otherwise === "deny" &&
    roleRules === undefined &&
    !groups.some(({ roleArn }) => roleArn !== undefined)
  ) {
    yield doubtful({
      setting: "identityPool.otherwise",
      message: "no group has a role, so no one gets credentials",
      why: "Without rules, Cognito takes the role of a person's group, and denies everyone else.",
      next: 'Add roleArn to a group, add roleRules, or use otherwise: "authenticated".',
    });
  }
  yield* tooMany(
    "identityPool.principalTags",
    Object.keys(principalTags ?? {}).length,
    limits.PRINCIPAL_TAGS_MAX,
  );
}

function* trustedClients(settings: Settings, clients?: readonly string[]): Generator<SettingProblem> {
  if (clients === undefined) return;
  const declared = clientsOf(settings);
  const keys = declared.flatMap(({ key, settings: { clientCredentials } }) =>
    key === undefined || clientCredentials !== undefined ? [] : [key],
  );
  for (const name of clients) {
    const client = declared.find(({ key }) => key === name);
    if (client === undefined) {
      yield wrong({
        setting: "identityPool.clients",
        message: `there is no app client ${quote(name)}`,
        why: "The identity pool only accepts tokens of the clients it lists.",
        next: keys.length === 0 ? "Leave it out: there is one client." : `Use ${keys.map(quote).join(", ")}.`,
      });
    } else if (client.settings.clientCredentials !== undefined) {
      yield wrong({
        setting: "identityPool.clients",
        message: `the app client ${quote(name)} is for a machine`,
        why: "Its tokens are about no person, and an identity pool accepts ID tokens only.",
        next: "Remove it from the list.",
      });
    }
  }
  if (clients.length === 0) {
    yield wrong({
      setting: "identityPool.clients",
      message: "it is empty",
      why: "No one could get credentials.",
      next: "List a client, or leave it out.",
    });
  }
}

function* roleProblem(setting: string, arn: string): Generator<SettingProblem> {
  if (isReference(arn) || (count(arn) <= limits.ARN_MAX && limits.ROLE_ARN.test(arn))) return;
  yield wrong({
    setting,
    message: `${quote(arn)} is not the ARN of an IAM role`,
    why: ROLES,
    next: "Write arn:aws:iam::ACCOUNT:role/NAME, as `aws iam get-role` prints it.",
  });
}
