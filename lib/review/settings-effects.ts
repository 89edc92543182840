import type { SettingChange } from "./differences.ts";
import type { ResourceEntry } from "./review.ts";

type Effect = (change: { readonly from: string; readonly to: string }) => string | undefined;

const NEW_PASSWORDS = "holds for passwords that are set from now on; nobody has to change theirs";
const PROOF = "what people have to prove after changing it";

/** Settings of the pool that bite, by the provider's names (5.100.0), and what changing them means. */
const POOL: readonly (readonly [RegExp, Effect])[] = [
  [/^password_policy\.temporary_password_validity_days$/, () => "how long an invitation can be used"],
  [/^password_policy\./, () => NEW_PASSWORDS],
  [/^password_policy$/, () => NEW_PASSWORDS],
  [
    /^mfa_configuration$/,
    ({ to }) =>
      to === "ON"
        ? "everybody needs a second factor: who has none sets one up at the next sign-in"
        : to === "OPTIONAL"
          ? "a second factor is asked of those who have set one up"
          : "no second factor is asked of anybody any more",
  ],
  [
    /^software_token_mfa_configuration/,
    ({ to }) =>
      /true/.test(to)
        ? "codes from an authenticator app can be the second factor"
        : "whoever signs in with codes from an authenticator app can't any more",
  ],
  [
    /^deletion_protection$/,
    ({ to }) =>
      to === "ACTIVE"
        ? "Cognito refuses to delete the pool"
        : "one call can delete the pool, and everyone in it",
  ],
  [
    /^admin_create_user_config\.allow_admin_create_user_only$/,
    ({ to }) =>
      to === "true"
        ? "nobody can sign up by themselves any more"
        : "anybody can sign up by themselves: the pool then has people whom the roster does not know",
  ],
  [/^admin_create_user_config\.invite_message_template/, () => "what newcomers read from now on"],
  [/^(auto_verified_attributes|user_attribute_update_settings)/, () => PROOF],
  [/^account_recovery_setting/, () => "how people get back in who have forgotten their password"],
  [
    /^schema$/,
    () => "Cognito keeps a custom attribute for ever: it can be added, but not changed or taken away",
  ],
  [
    /^email_mfa_configuration/,
    ({ to }) =>
      isNone(to)
        ? "whoever gets the second code by e-mail can't any more"
        : "a code by e-mail can be the second factor",
  ],
  [
    /^sign_in_policy/,
    (change) =>
      flows(change, "sign-ins that begin with") ??
      "with what a sign-in may begin: who can read the e-mail or SMS, or has the passkey, needs no password",
  ],
  [
    /^web_authn_configuration/,
    () => "passkeys belong to one domain: with another one, people have to make theirs anew",
  ],
  [
    /^device_configuration/,
    () => "whether a device is remembered, and whether a second factor is asked for on it",
  ],
  [
    /^email_configuration/,
    () => "who sends invitations and codes, and how many a day: Cognito's own sender, 50; SES, its own quota",
  ],
  [
    /^sms_configuration/,
    () => "through which role Cognito sends SMS: without it no code and no invitation by SMS arrives",
  ],
  [/^lambda_config/, () => "code that runs at sign-up, sign-in, or when a token is made"],
  [/^user_pool_add_ons/, () => "Cognito's threat protection, which is billed by active user"],
  [/^user_pool_tier$/, () => "the feature plan: what an active user costs, and what the pool can do"],
];

/** The same for the app client. */
const CLIENT: readonly (readonly [RegExp, Effect])[] = [
  [/^explicit_auth_flows$/, (change) => flows(change, "apps that sign in by")],
  [/^allowed_oauth_flows$/, (change) => flows(change, "apps that sign in on Cognito's pages by")],
  [/^allowed_oauth_scopes$/, (change) => flows(change, "apps that ask for")],
  [/^supported_identity_providers$/, (change) => flows(change, "people who sign in through")],
  [/^(callback|logout)_urls$/, (change) => flows(change, "sign-in or sign-out that leads to")],
  [
    /^(access|id)_token_validity$/,
    () => "tokens issued from now on; who is disabled or signed out keeps one until it runs out",
  ],
  [
    /^refresh_token_validity$/,
    () => "how long a sign-in from now on lasts, until the person has to sign in again",
  ],
  [
    /^token_validity_units/,
    () => "the unit of the number beside it: together they say how long a token lasts",
  ],
  [
    /^refresh_token_rotation/,
    () =>
      "with it on, every refresh gives a new refresh token, and apps must call GetTokensFromRefreshToken instead of REFRESH_TOKEN_AUTH",
  ],
  [/^generate_secret$/, () => "the secret that every call of an app has to prove"],
  [
    /^prevent_user_existence_errors$/,
    ({ to }) =>
      to === "ENABLED"
        ? "unknown names and wrong passwords get the same answer"
        : "anybody can find out who has an account",
  ],
  [
    /^enable_token_revocation$/,
    ({ to }) =>
      to === "true"
        ? "a stolen refresh token can be taken back"
        : "a stolen refresh token can't be taken back",
  ],
  [/^auth_session_validity$/, () => "minutes to answer a challenge, such as a new password or a code"],
  [/^read_attributes$/, () => "what apps may see of a person"],
  [/^write_attributes$/, () => "what people may change of themselves"],
];

const NOT_BY_ROLE = "its members can't take on that role any more";

/** The same for a group. */
const GROUP: readonly (readonly [RegExp, Effect])[] = [
  [
    /^role_arn$/,
    ({ from, to }) =>
      isNone(to)
        ? NOT_BY_ROLE
        : isNone(from)
          ? "everyone in it can take on this role, through an identity pool"
          : "everyone in it can take on this role instead of the former one, through an identity pool",
  ],
  [/^precedence$/, () => "decides which role people get who are in several groups: that of the lowest"],
];

const isNone = (value: string) => value === "" || value === "none";

/** What it means that a group's setting is not declared any more. */
export function releaseOf(setting: string): string {
  const still = setting === "role_arn" ? ", so everyone in it can still take it on" : "";
  return `${setting} is not declared any more, and stays as it is${still}`;
}

/** What a setting's change means for people, for the settings that bite; undefined for the others. */
export function effectOf(about: ResourceEntry["about"], change: SettingChange): string | undefined {
  const table = about === "pool" ? POOL : about === "client" ? CLIENT : about === "group" ? GROUP : [];
  const found = table.find(([pattern]) => pattern.test(change.name));
  const { from = "", to = "" } = change;
  return found?.[1]({ from, to });
}

/** What the thing's own fate means, beyond its settings. */
export function fateOf({ about, what, roleArn }: ResourceEntry): string | undefined {
  if (about === "pool" && (what === "replaced" || what === "deleted")) {
    return "everyone in it is lost, with their passwords and subs";
  }
  if (about === "client" && what === "replaced") {
    return "it gets a new id, which every app needs; everyone is signed out";
  }
  if (about === "client" && what === "deleted") return "no app that uses it can sign anybody in any more";
  if (about === "group" && what === "deleted") {
    return roleArn === undefined
      ? "everyone is out of it"
      : `everyone is out of it, and loses the role ${roleArn}`;
  }
  return undefined;
}

/** Lists as Terraform has them: what goes hurts, what comes helps. */
function flows(
  { from, to }: { readonly from: string; readonly to: string },
  who: string,
): string | undefined {
  const [old, now] = [listed(from), listed(to)];
  const gone = old.filter((one) => !now.includes(one));
  return gone.length === 0 ? undefined : `${who} ${gone.join(", ")} stop working`;
}

function listed(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.map(String) : [];
  } catch {
    return [];
  }
}
