import { quote } from "../../roster/redact.ts";
import { NAME_WORDS } from "../../roster/sign-in-names.ts";
import { POOL } from "../defaults.ts";
import type { PoolSettings } from "../settings.ts";
import { refused, type SettingProblem, wrong } from "./problem.ts";

/** What is wrong with what people sign in with besides their username. */
export function* aliasProblems({
  aliases = [],
  signInWith = POOL.signInWith,
}: PoolSettings): Generator<SettingProblem> {
  const setting = "pool.aliases";
  if (aliases.length > 0 && signInWith !== "username") {
    yield wrong({
      setting,
      message: `people of this pool sign in with their ${NAME_WORDS[signInWith]}, and can't have aliases as well`,
      why: refused("CreateUserPool, which accepts AliasAttributes or UsernameAttributes, not both"),
      next: 'Delete it; a new pool can use it with signInWith: "username".',
    });
  }
  const twice = aliases.find((alias, index) => aliases.indexOf(alias) < index);
  if (twice !== undefined) {
    yield wrong({
      setting,
      message: `${quote(twice)} is in it twice`,
      why: refused("CreateUserPool"),
      next: "Delete one.",
    });
  }
}
