import type { SettingChange } from "./differences.ts";
import { parseAddress } from "./plan.ts";
import type { ResourceEntry } from "./review.ts";

const VOUCHES = "anyone it signs in gets in, wherever an app client allows it";

/** The settings that decide whom an identity provider lets in, and as whom, under the provider's names (5.100.0). */
const WHO_GETS_IN =
  /^provider_details\.(?:client_id|team_id|oidc_issuer|authorize_url|token_url|jwks_uri|attributes_url|MetadataURL|MetadataFile)$|^attribute_mapping\.(?:username|email|email_verified)$/;

const CREDENTIALS = "people who sign in get AWS credentials, by the roles in this plan";
const ROLES_SET_ANEW =
  "the deploy removes the roles and sets them again: no one gets AWS credentials for a few seconds";

/** Whether a change of a provider's setting lets in different people. */
export const letsOthersIn = ({ name }: SettingChange): boolean => WHO_GETS_IN.test(name);

type Table = readonly (readonly [RegExp, string])[];

/** What a change beside the pool means for people, by type and the provider's names. */
const EFFECTS: Readonly<Record<string, Table>> = {
  aws_cognito_identity_provider: [
    [/^provider_details\.(?:client_secret|private_key)$/, "the credentials Cognito uses with the provider"],
    [/^provider_details\.authorize_scopes$/, "what people are asked to share"],
    [
      /^attribute_mapping\.(?:username|email|email_verified)$/,
      "which account people get when they sign in through the provider",
    ],
    [WHO_GETS_IN, "who it signs in from now on, wherever an app client allows it"],
    [
      /^attribute_mapping/,
      "which of the provider's values are copied into people's attributes at every sign-in",
    ],
    [/^idp_identifiers/, "the names by which apps choose it"],
  ],
  aws_cognito_identity_pool: [
    [/^allow_unauthenticated_identities$/, "whether people get AWS credentials without signing in"],
    [/^allow_classic_flow$/, "whether an app may ask for any role that trusts the identity pool"],
    [/^cognito_identity_providers/, "whose tokens are exchanged for AWS credentials"],
  ],
  aws_cognito_identity_pool_roles_attachment: [
    [/^roles\.authenticated$/, "the role that people assume whose group or claims give no other"],
    [/^roles\.unauthenticated$/, "the role that anyone assumes without signing in"],
    [/^role_mapping/, "which role people assume, by their groups or claims"],
  ],
  aws_cognito_identity_pool_provider_principal_tag: [
    [/^principal_tags/, "the session tags that IAM policies of the roles may check"],
  ],
  aws_cognito_resource_server: [
    [/^scope/, "which scopes tokens may have: apps that ask for a removed scope can't sign anyone in"],
    [/^name$/, "shown in the console only"],
  ],
  aws_cognito_user_pool_domain: [
    [/^domain$/, "apps have to send people to the new address"],
    [/^certificate_arn$/, "the certificate that browsers see there"],
    [
      /^managed_login_version$/,
      "which sign-in pages people see: 1 is the classic pages; 2 is managed login, which is blank until the app client has a style",
    ],
  ],
};

/** @returns undefined for a setting that doesn't affect people, or that this version does not know */
export function serviceEffect(address: string, { name }: SettingChange): string | undefined {
  const table = EFFECTS[parseAddress(address)?.type ?? ""] ?? [];
  return table.find(([pattern]) => pattern.test(name))?.[1];
}

/** What creating or deleting such a thing means; undefined if it is obvious. */
export function serviceFate(address: string, what: ResourceEntry["what"]): string | undefined {
  const { type } = parseAddress(address) ?? {};
  if (what !== "created" && what !== "replaced") return undefined;
  if (type === "aws_cognito_identity_pool") return CREDENTIALS;
  if (type === "aws_cognito_identity_pool_roles_attachment" && what === "replaced") return ROLES_SET_ANEW;
  return type === "aws_cognito_identity_provider" ? VOUCHES : undefined;
}
