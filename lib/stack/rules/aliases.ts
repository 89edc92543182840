import { quote } from "../../roster/redact.ts";
import { POOL } from "../defaults.ts";
import type { PoolSettings } from "../settings.ts";
import { refused, type SettingProblem, wrong } from "./problem.ts";

/** What is wrong with what people sign in with beside their username. */
export function* aliasProblems({
  aliases = [],
  signInWith = POOL.signInWith,
}: PoolSettings): Generator<SettingProblem> {
  const setting = "pool.aliases";
  if (aliases.length > 0 && signInWith !== "username") {
    yield wrong({
      setting,
      message: `people of this pool sign in with their ${signInWith === "email" ? "e-mail address" : signInWith}, and can have no alias beside it`,
      why: refused("CreateUserPool, which takes one of AliasAttributes and UsernameAttributes"),
      next: 'Delete it; for a new pool, signInWith: "username" goes with it.',
    });
  }
  const twice = aliases.find((alias, index) => aliases.indexOf(alias) < index);
  if (twice !== undefined) {
    yield wrong({
      setting,
      message: `${quote(twice)} stands in it twice`,
      why: refused("CreateUserPool"),
      next: "Delete one.",
    });
  }
}
