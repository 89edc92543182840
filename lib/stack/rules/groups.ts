import { fold } from "../../roster/formats.ts";
import { explainGroup, warnOfScripts } from "../../roster/names.ts";
import { quote } from "../../roster/redact.ts";
import type { GroupSettings } from "../settings.ts";
import { isReference } from "../terraform-text.ts";
import * as limits from "./cognito-limits.ts";
import { count, doubtful, outOfRange, refused, type SettingProblem, settingPath, wrong } from "./problem.ts";

const NAMES = "Group names must be accepted by Cognito, importable by Terraform, and fully visible.";

/** What is wrong with the groups' settings. */
export function* groupProblems(groups: Readonly<Record<string, GroupSettings>>): Generator<SettingProblem> {
  const spellings = new Map<string, string>();
  for (const [name, { description, precedence, roleArn }] of Object.entries(groups)) {
    const setting = settingPath(["groups", name]);
    const words = explainGroup(name);
    if (words !== undefined) {
      yield wrong({ setting, message: words.message, why: NAMES, next: words.hint });
    }
    const doubt = words === undefined ? warnOfScripts("group name", name) : undefined;
    if (doubt !== undefined) {
      yield doubtful({
        setting,
        message: doubt.message,
        why: "Reviewers may mistake it for another group.",
        next: doubt.hint,
      });
    }
    const first = spellings.get(fold(name));
    if (first === undefined) spellings.set(fold(name), name);
    else {
      yield wrong({
        setting,
        message: `it differs from ${quote(first)} only in letter case or in how characters are written`,
        why: "They look like one group, but to Cognito they are two, each with its own members and role.",
        next: "Delete one, or give it another name.",
      });
    }
    if (description !== undefined) {
      yield* outOfRange(`${setting}.description`, count(description), limits.GROUP_DESCRIPTION, "characters");
    }
    yield* outOfRange(`${setting}.precedence`, precedence, limits.GROUP_PRECEDENCE, "");
    if (roleArn !== undefined) yield* roleProblems(`${setting}.roleArn`, roleArn);
  }
}

function* roleProblems(setting: string, arn: string): Generator<SettingProblem> {
  // In your own app, a role of the same app: its ARN is unknown before the deploy.
  if (isReference(arn)) return;
  if (count(arn) <= limits.ARN_MAX && limits.ROLE_ARN.test(arn)) return;
  yield wrong({
    setting,
    message: `${quote(arn)} is not the ARN of an IAM role`,
    why: refused("CreateGroup"),
    next: "Write arn:aws:iam::ACCOUNT:role/NAME, as `aws iam get-role` prints it.",
  });
}
