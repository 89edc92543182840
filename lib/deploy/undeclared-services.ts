import type { CognitoClient } from "../cognito/client.ts";
import {
  listIdentityProviders,
  listResourceServers,
  type ServicesOptions,
} from "../directory/pool/services.ts";
import type { UndeclaredService } from "../review/drift.ts";
import type { Settings } from "../stack/settings.ts";
import type { StateInstance } from "../terraform/state.ts";

/** Undeclared services found beside the pool. */
export interface ServicesFound {
  readonly services: readonly UndeclaredService[];
  /** Lookups that weren't permitted, in sentences. */
  readonly notices: readonly string[];
}

export const NO_SERVICES: ServicesFound = { services: [], notices: [] };

/**
 * Resource servers and identity providers of the pool that are in neither config.ts nor the state: one call for each kind.
 * @throws what the SDK throws, unless the permission is missing, or an emulator lacks the call
 */
export async function undeclaredServices(
  client: CognitoClient,
  options: ServicesOptions,
  { resourceServers = {}, identityProviders = {} }: Pick<Settings, "resourceServers" | "identityProviders">,
  state: readonly StateInstance[],
): Promise<ServicesFound> {
  const recorded = (type: string, argument: string) =>
    state.flatMap((instance) => (instance.type === type ? [String(instance.attributes[argument])] : []));
  const looks = [
    {
      what: "resource server",
      right: "cognito-idp:ListResourceServers",
      list: async () =>
        (await listResourceServers(client, options)).flatMap(({ Identifier }) => Identifier ?? []),
      known: [...Object.keys(resourceServers), ...recorded("aws_cognito_resource_server", "identifier")],
    },
    {
      what: "identity provider",
      right: "cognito-idp:ListIdentityProviders",
      list: () => listIdentityProviders(client, options),
      known: [
        ...Object.keys(identityProviders),
        ...recorded("aws_cognito_identity_provider", "provider_name"),
      ],
    },
  ] as const;
  const services: UndeclaredService[] = [];
  const refused: string[] = [];
  for (const { what, right, list, known } of looks) {
    try {
      const found = await list();
      services.push(...found.filter((name) => !known.includes(name)).map((name) => ({ what, name })));
    } catch (error) {
      const { name } = error as Error;
      if (name === "AccessDeniedException") refused.push(right);
      // Only cognito-local responds so: it has neither.
      else if (name !== "Unsupported") throw error;
    }
  }
  return {
    services: services.sort((a, b) => (a.name < b.name ? -1 : 1)),
    notices:
      refused.length === 0
        ? []
        : [
            `Could not check for resources that config.ts doesn't declare: the permission ${refused.join(" and ")} is missing (docs/iam).`,
          ],
  };
}
