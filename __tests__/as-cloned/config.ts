import type { Settings } from "../../lib/stack/settings.ts";

/**
 * Your team's settings. Every one there is: lib/stack/settings.ts, which your editor shows here too.
 * What you leave out is in lib/stack/defaults.ts, each with its reason; whole pools to start from are in examples/.
 */
export const config: Settings = {
  stack: "cognito-roster",
  roster: "users.json",
  pool: { name: "people" },
  client: { name: "app" },
};
