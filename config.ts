import type { Settings } from "./lib/stack/settings.ts";

/** Your team's settings. Each one and its default: lib/stack/settings.ts and lib/stack/defaults.ts. */
export const config: Settings = {
  stack: "cognito-roster",
  roster: "users.json",
  pool: { name: "people" },
  client: { name: "app" },
};
