import { triggerAt, triggerOf } from "../stack/triggers.ts";
import type { SettingChange } from "./differences.ts";
import type { ResourceEntry } from "./review.ts";
import { serviceEffect, serviceFate } from "./service-effects.ts";

type Effect = (change: {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** For lists that are too long for both. */
  readonly added?: readonly string[] | undefined;
  readonly gone?: readonly string[] | undefined;
}) => string | undefined;

const NEW_PASSWORDS = "applies to passwords set from now on; nobody has to change theirs";
const PROOF = "what people must verify after changing it";

/** Settings of the pool that matter to people, under the provider's names (5.100.0), and what changing them means. */
const POOL: readonly (readonly [RegExp, Effect])[] = [
  [/^password_policy\.temporary_password_validity_days$/, () => "how long an invitation is valid"],
  [/^password_policy\./, () => NEW_PASSWORDS],
  [/^password_policy$/, () => NEW_PASSWORDS],
  [
    /^mfa_configuration$/,
    ({ to }) =>
      to === "ON"
        ? "everyone needs a second factor, and sets one up at the next sign-in if they have none"
        : to === "OPTIONAL"
          ? "only people who have set up a second factor are asked for it"
          : "no one is asked for a second factor any more",
  ],
  [
    /^software_token_mfa_configuration/,
    ({ to }) =>
      /true/.test(to)
        ? "codes from an authenticator app can be the second factor"
        : "authenticator apps no longer work as the second factor",
  ],
  [
    /^deletion_protection$/,
    ({ to }) =>
      to === "ACTIVE"
        ? "Cognito refuses to delete the pool"
        : "a single call can delete the pool and everyone in it",
  ],
  [
    /^admin_create_user_config\.allow_admin_create_user_only$/,
    ({ to }) =>
      to === "true"
        ? "people can no longer sign up"
        : "anyone can sign up, so the pool will have people who aren't in the roster",
  ],
  [/^admin_create_user_config\.invite_message_template/, () => "what new people read from now on"],
  [/^(auto_verified_attributes|user_attribute_update_settings)/, () => PROOF],
  [/^account_recovery_setting/, () => "how people recover a forgotten password"],
  [
    /^schema$/,
    () => "Cognito keeps a custom attribute forever: it can be added, but never changed or removed",
  ],
  [
    /^email_mfa_configuration/,
    ({ to }) =>
      isNone(to)
        ? "e-mail no longer works as the second factor"
        : "a code by e-mail can be the second factor",
  ],
  [
    /^sign_in_policy/,
    (change) =>
      flows(change, "sign-ins that begin with") ??
      "how a sign-in may begin: anyone who can read the e-mail or SMS, or has the passkey, needs no password",
  ],
  [/^web_authn_configuration/, () => "passkeys belong to one domain, so people must create theirs again"],
  [/^device_configuration/, () => "whether devices are remembered, and whether they skip the second factor"],
  [
    /^email_configuration/,
    () =>
      "who sends invitations and codes, and how many: Cognito's own sender allows 50 a day, SES has its own quota",
  ],
  [
    /^sms_configuration/,
    () => "the role Cognito sends SMS with: without it, no code or invitation by SMS arrives",
  ],
  [
    /^lambda_config\.kms_key_id$/,
    () => "the key that encrypts codes for the sender functions, which need permission to decrypt with it",
  ],
  [
    /^lambda_config/,
    ({ name, to }) => {
      const trigger = triggerOf(name);
      if (trigger === undefined) return "code that runs at sign-up, at sign-in or when tokens are issued";
      return isNone(to)
        ? `no function ${trigger.does.split(":")[0]} any more`
        : `this function ${trigger.does}`;
    },
  ],
  [/^user_pool_add_ons/, () => "Cognito's threat protection, billed per active user"],
  [/^user_pool_tier$/, () => "the feature plan: what each active user costs, and what the pool can do"],
];

/** The consequence of allowing a sign-in flow, for those that require less proof. */
const NEW_FLOWS: Readonly<Record<string, string>> = {
  ALLOW_USER_PASSWORD_AUTH: "passwords are sent to Cognito over TLS",
  ALLOW_ADMIN_USER_PASSWORD_AUTH:
    "anyone who may call AdminInitiateAuth can sign people in with their passwords",
  ALLOW_CUSTOM_AUTH: "the pool's functions decide who gets in, possibly without a password",
  ALLOW_USER_AUTH: "a sign-in may begin with anything the pool allows besides the password",
  implicit: "tokens appear in the browser's address bar, and so in histories and logs",
  client_credentials: "anyone with the client's secret gets tokens, with no person involved",
};

/** The same for the app client. */
const CLIENT: readonly (readonly [RegExp, Effect])[] = [
  [/^explicit_auth_flows$/, (change) => flows(change, "apps that sign in by", NEW_FLOWS)],
  [/^allowed_oauth_flows$/, (change) => flows(change, "apps that sign in on Cognito's pages by", NEW_FLOWS)],
  [/^allowed_oauth_scopes$/, (change) => flows(change, "apps that ask for")],
  [/^supported_identity_providers$/, (change) => flows(change, "people who sign in through")],
  [/^(callback|logout)_urls$/, (change) => flows(change, "sign-in or sign-out that leads to")],
  [
    /^(access|id)_token_validity$/,
    () =>
      "applies to tokens issued from now on; a disabled or signed-out person keeps theirs until it expires",
  ],
  [/^refresh_token_validity$/, () => "how long people stay signed in, from their next sign-in"],
  [/^token_validity_units/, () => "the unit of the token's lifetime"],
  [
    /^refresh_token_rotation/,
    () =>
      "when on, every refresh returns a new refresh token, and apps must call GetTokensFromRefreshToken instead of REFRESH_TOKEN_AUTH",
  ],
  [/^generate_secret$/, () => "the secret that every call of the app must prove"],
  [
    /^prevent_user_existence_errors$/,
    ({ to }) =>
      to === "ENABLED"
        ? "unknown usernames and wrong passwords get the same response"
        : "anyone can find out who has an account",
  ],
  [
    /^enable_token_revocation$/,
    ({ to }) =>
      to === "true" ? "a stolen refresh token can be revoked" : "a stolen refresh token can't be revoked",
  ],
  [/^auth_session_validity$/, () => "minutes to answer a challenge, such as a new password or a code"],
  [/^read_attributes$/, () => "what apps may see of a person"],
  [
    /^write_attributes$/,
    (change) => {
      const { added } = differenceOf(change);
      if (isNone(change.to) || change.to === "[]")
        return "people may change all their own writable attributes";
      return added.length === 0
        ? "what people may change about themselves"
        : `people may change their own ${added.join(", ")}: don't base permissions on it`;
    },
  ],
];

const NOT_BY_ROLE = "its members can no longer assume that role";

/** The same for a group. */
const GROUP: readonly (readonly [RegExp, Effect])[] = [
  [
    /^role_arn$/,
    ({ from, to }) =>
      isNone(to)
        ? NOT_BY_ROLE
        : isNone(from)
          ? "everyone in it can assume this role through an identity pool"
          : "everyone in it can assume this role instead of the previous one, through an identity pool",
  ],
  [/^precedence$/, () => "decides which role people in several groups get: the lowest wins"],
];

const isNone = (value: string) => value === "" || value === "none";

/** What it means that a group's setting is no longer declared. */
export function releaseOf(setting: string): string {
  const still = setting === "role_arn" ? ", so everyone in it can still assume it" : "";
  return `${setting} is no longer declared, and stays as it is${still}`;
}

/**
 * What a setting's change means for people; undefined for settings that don't matter to them.
 * @param address that of another resource. @default none
 */
export function effectOf(
  about: ResourceEntry["about"],
  change: SettingChange,
  address = "",
): string | undefined {
  if (about === "other") return serviceEffect(address, change);
  const table = about === "pool" ? POOL : about === "client" ? CLIENT : GROUP;
  const found = table.find(([pattern]) => pattern.test(change.name));
  const { from = "", to = "" } = change;
  return found?.[1]({ ...change, from, to });
}

/** What creating or deleting the thing means, beyond its settings. */
export function fateOf({ about, what, roleArn, address }: ResourceEntry): string | undefined {
  const trigger = about === "other" ? triggerAt(address) : undefined;
  if (trigger !== undefined) {
    if (what === "created") return `Cognito may call a function that ${trigger.does}`;
    if (what === "deleted") return "Cognito may no longer call the function";
  }
  if (about === "other") return serviceFate(address, what);
  if (about === "pool" && (what === "replaced" || what === "deleted")) {
    return "everyone in it is lost, with their passwords and subs";
  }
  if (about === "client" && what === "replaced") {
    return "it gets a new id, which every app needs; everyone is signed out";
  }
  if (about === "client" && what === "deleted") return "apps that use it can't sign anyone in";
  if (about === "group" && what === "deleted") {
    return roleArn === undefined
      ? "everyone is removed from it"
      : `everyone is removed from it and loses the role ${roleArn}`;
  }
  return undefined;
}

/** Lists as Terraform has them: any removal matters, and some additions do. */
function flows(
  change: Parameters<Effect>[0],
  who: string,
  coming: Readonly<Record<string, string>> = {},
): string | undefined {
  const { added, gone } = differenceOf(change);
  const words = [
    ...(gone.length === 0 ? [] : [`${who} ${gone.join(", ")} stop working`]),
    ...added.flatMap((one) => (coming[one] === undefined ? [] : [`with ${one} ${coming[one]}`])),
  ];
  return words.length === 0 ? undefined : words.join("; ");
}

/** What is added to a list and what is removed, even if it is too long to be shown. */
export function differenceOf({
  from = "",
  to = "",
  added,
  gone,
}: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly added?: readonly string[] | undefined;
  readonly gone?: readonly string[] | undefined;
}): {
  readonly added: readonly string[];
  readonly gone: readonly string[];
} {
  if (added !== undefined && gone !== undefined) return { added, gone };
  const [old, now] = [listed(from), listed(to)];
  return {
    added: now.filter((one) => !old.includes(one)),
    gone: old.filter((one) => !now.includes(one)),
  };
}

function listed(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.map(String) : [];
  } catch {
    return [];
  }
}
