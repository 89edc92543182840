import { clientKeyAt } from "../stack/clients.ts";
import { parseAddress } from "./plan.ts";
import type { ResourceEntry, Review } from "./review.ts";
import { letsOthersIn } from "./service-effects.ts";
import { differenceOf } from "./settings-effects.ts";

/** How an app client lets people in, under the provider's names. */
const OF_CLIENT: Readonly<Record<string, (one: string, client: string) => string>> = {
  supported_identity_providers: (one, client) => `${client} accepts sign-ins through ${one}`,
  callback_urls: (one) => `tokens may be sent to ${one}`,
  explicit_auth_flows: (one, client) => `${client} allows the flow ${one}`,
  allowed_oauth_flows: (one, client) => `${client} issues tokens by the grant ${one}`,
};

/** What every client may have, and doesn't let anyone in by itself. */
const NO_WAY_IN: ReadonlySet<string> = new Set(["COGNITO", "ALLOW_REFRESH_TOKEN_AUTH"]);

/**
 * What a plan opens for people who aren't in the roster: an identity provider, or a change of whom it lets in; a provider, callback
 * URL or sign-in flow that an app client newly allows, also for a new client; open sign-up; an account outside the roster; AWS
 * credentials, and their roles. What a first deploy makes of the client is not listed: all of it is new.
 */
export function waysIn({ entries, groupRoles = [] }: Pick<Review, "entries" | "groupRoles">): string[] {
  const opened = entries.flatMap((entry) => {
    if (entry.about === "person" || entry.about === "membership") return [];
    const { address, what, settings } = entry;
    const made = what === "created" || what === "replaced";
    // By type: your own resources.ts may create some under other names.
    switch (parseAddress(address)?.type ?? /([a-z0-9_]+)\.[\w-]+(?:\[.+\])?$/.exec(address)?.[1]) {
      case "aws_cognito_user_pool_client":
        return openedBy(entry);
      case "aws_cognito_user_pool":
        return settings.some(letsAnybodySignUp) ? ["anyone can sign up"] : [];
      case "aws_cognito_user":
        return made ? [`${address} is an account outside the roster`] : [];
      case "aws_cognito_identity_pool":
        return [
          ...(made ? [`${address} is new: people who sign in get AWS credentials`] : []),
          ...(settings.some(letsGuestsIn) ? ["anyone gets AWS credentials without signing in"] : []),
        ];
      case "aws_cognito_identity_pool_roles_attachment":
        return settings.flatMap(assumable);
      case "aws_cognito_identity_provider": {
        if (made) return [`${address} is new: anyone it signs in gets in, wherever an app client allows it`];
        const changed = settings.filter(letsOthersIn).map(({ name }) => name);
        return changed.length === 0 ? [] : [`${address} signs in other people: ${changed.join(", ")}`];
      }
      default:
        return [];
    }
  });
  return [...opened, ...groupRoles.map(({ group, role }) => `${group} may assume ${role}`)];
}

const letsAnybodySignUp = ({ name, to }: ResourceEntry["settings"][number]) =>
  name === "admin_create_user_config.allow_admin_create_user_only" && to === "false";

const letsGuestsIn = ({ name, to }: ResourceEntry["settings"][number]) =>
  name === "allow_unauthenticated_identities" && to === "true";

/** Roles that people can assume from now on. Those created by the plan are included, and known after the deploy. */
function assumable(setting: ResourceEntry["settings"][number]): string[] {
  if (!/^roles\.|^role_mapping/.test(setting.name)) return [];
  const { added } = differenceOf(setting);
  const roles =
    (added.length > 0 ? added : [setting.to ?? ""]).join(" ").match(/arn:[^\s"\\,]+:role\/[^\s"\\,}\]]+/g) ??
    [];
  return [...new Set(roles)].map((role) => `people may assume the role ${role}`);
}

function openedBy({ address, settings }: ResourceEntry): string[] {
  const key = clientKeyAt(address);
  const client = key === undefined ? "the app client" : `the app client ${key ?? address}`;
  return settings.flatMap((setting) => {
    const words = OF_CLIENT[setting.name];
    if (words === undefined) return [];
    return differenceOf(setting)
      .added.filter((one) => !NO_WAY_IN.has(one))
      .map((one) => words(one, client));
  });
}
