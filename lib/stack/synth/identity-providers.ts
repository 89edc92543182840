import { CognitoIdentityProvider } from "@cdktf/provider-aws/lib/cognito-identity-provider/index.js";
import { TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import {
  computedDetails,
  type IdentityProviders as Declared,
  detailsOf,
  type IdentityProviderSettings,
  MAPPED_STANDARD,
  mappingOf,
  missingSecret,
  SECRETS_VARIABLE,
  secretOf,
  secretStillFits,
  secretsGiven,
} from "../identity-providers.ts";
import { plainText } from "../terraform-text.ts";
import type { Recorded } from "./moved-blocks.ts";

export interface IdentityProvidersProps {
  readonly userPoolId: string;
  readonly declared: Declared;
  /** What the state has. @default they are new, or the state is unknown */
  readonly recorded?: readonly Recorded[] | undefined;
  /** Existing ones in the pool that will be imported into the state. @default none */
  readonly adopted?: readonly string[] | undefined;
  /** Where the secrets are looked for. */
  readonly env: NodeJS.ProcessEnv;
}

const TYPE = "aws_cognito_identity_provider";

/**
 * The name of a provider's resource, made from the provider's name only: Google is `aws_cognito_identity_provider.Google`.
 * Characters that Terraform doesn't allow in a name are written as their code points.
 */
export function providerBlock(name: string): string {
  const written = Array.from(name, (one) =>
    /[A-Za-z0-9-]/.test(one) ? one : `_${one.codePointAt(0)?.toString(16)}_`,
  ).join("");
  return /^[A-Za-z_]/.test(written) ? written : `_${written}`;
}

/**
 * One resource each, since Cognito fills in different details for each besides the settings: those are ignored, or every plan
 * would remove them.
 */
export class IdentityProviders extends Construct {
  /** A client that allows them depends on these. */
  readonly providers: readonly CognitoIdentityProvider[];

  constructor(scope: Construct, id: string, props: IdentityProvidersProps) {
    super(scope, id);
    const { declared, userPoolId, recorded = [], adopted = [], env } = props;
    const given = secretsGiven(env);
    const needed: string[] = [];
    const hasSecrets = Object.values(declared).some((provider) => secretOf(provider) !== undefined);
    this.providers = Object.entries(declared).map(([name, provider]) => {
      const block = providerBlock(name);
      const state = recorded.find((one) => one.type === TYPE && one.name === block)?.attributes;
      const deployed = state && (Object(state.provider_details) as Record<string, unknown>);
      const secret = secretOf(provider);
      const kept = keepsSecret(provider, {
        deployed,
        adopted: adopted.includes(name),
        given: isGiven(given, name),
      });
      if (secret !== undefined && !kept) needed.push(name);
      const ignored = [
        ...computedDetails(provider, deployed),
        ...(secret !== undefined && kept ? [secret] : []),
      ];
      const { identifiers } = provider;
      const resource = new CognitoIdentityProvider(this, block, {
        userPoolId,
        providerName: plainText(name),
        providerType: provider.type,
        providerDetails: {
          ...plainMap(detailsOf(provider)),
          ...(secret !== undefined && { [secret]: secretFrom(name) }),
        },
        attributeMapping: plainMap(mappingOf(provider), (attribute) =>
          MAPPED_STANDARD.includes(attribute) ? attribute : `custom:${attribute}`,
        ),
        ...(identifiers !== undefined && { idpIdentifiers: identifiers.map(plainText) }),
        lifecycle: {
          // A removed one is deleted after the client no longer refers to it; when the type changes, the name has to be free
          // first.
          createBeforeDestroy: [undefined, provider.type].includes(state?.provider_type as undefined),
          ignoreChanges: ignored.map((detail) => `provider_details[${JSON.stringify(detail)}]`),
        },
      });
      resource.overrideLogicalId(block);
      return resource;
    });
    if (hasSecrets) secretsVariable(this, needed);
  }
}

interface Secrets {
  readonly deployed: Readonly<Record<string, unknown>> | undefined;
  readonly adopted: boolean;
  readonly given: boolean;
}

/** Whether the secret stays as Cognito has it. Cognito never returns Apple's, so each plan would write it again. */
function keepsSecret(provider: IdentityProviderSettings, { deployed, adopted, given }: Secrets): boolean {
  if (given && provider.type !== "SignInWithApple") return false;
  // adopt.json may stay after the deploy that needed it.
  return deployed === undefined ? adopted : secretStillFits(provider, deployed);
}

const isGiven = (given: ReturnType<typeof secretsGiven>, name: string) =>
  given === "unknown" || given.has(name);

/** Even if it is kept: so that Terraform marks the value as sensitive, and no plan shows it. */
const secretFrom = (name: string) => `\${lookup(var.${SECRETS_VARIABLE}, ${JSON.stringify(name)}, "")}`;

const plainMap = (map: Readonly<Record<string, string>>, key = (name: string) => name) =>
  Object.fromEntries(Object.entries(map).map(([name, text]) => [plainText(key(name)), plainText(text)]));

/** @param needed providers that are created, or get another client: Cognito requires their secret */
function secretsVariable(scope: Construct, needed: readonly string[]): void {
  const variable = new TerraformVariable(scope, SECRETS_VARIABLE, {
    type: "map(string)",
    description: "Secrets of identity providers by name. The state keeps them in plain text.",
    default: {},
    sensitive: true,
    nullable: false,
  });
  variable.overrideLogicalId(SECRETS_VARIABLE);
  for (const name of needed) {
    variable.addValidation({
      condition: `\${lookup(${variable.fqn}, ${JSON.stringify(name)}, "") != ""}`,
      errorMessage: missingSecret(plainText(name)),
    });
  }
}
