import { checkSettings } from "../../../lib/stack/rules/check.ts";
import type { ClientSettings, PoolSettings, Settings } from "../../../lib/stack/settings.ts";

/** The least that a team can say, and more. */
export function usable(pool: Partial<PoolSettings> = {}, client: Partial<ClientSettings> = {}): Settings {
  return {
    stack: "team",
    roster: "users.json",
    pool: { name: "people", ...pool },
    client: { name: "app", ...client },
  };
}

/** Each problem of the settings as `severity setting: message`. */
export function told(settings: Settings): string[] {
  return checkSettings(settings).map(
    ({ severity, setting, message }) => `${severity} ${setting}: ${message}`,
  );
}
