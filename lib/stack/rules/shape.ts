import { z } from "zod";
import type { CustomAttributes } from "../../roster/attribute-types.ts";
import type { RosterSetting } from "../../roster/files.ts";
import { closest, plain } from "../../roster/problem.ts";
import { quote } from "../../roster/redact.ts";
import {
  type DeviceSettings,
  FIRST_FACTORS,
  type PasskeySettings,
  RECOVERIES,
  SECOND_FACTORS,
  THREAT_PROTECTIONS,
  TIERS,
} from "../factors.ts";
import { QUOTA_CATEGORIES, type QuotaSettings } from "../quotas.ts";
import type { EmailSettings, SesSender, SmsSettings } from "../senders.ts";
import {
  ALIASES,
  ALL_AUTH_FLOWS,
  type BackendSettings,
  type ClientSettings,
  type Duration,
  FLOW_NAMES,
  type GroupSettings,
  type GuardSettings,
  type HcpBackendSettings,
  isDuration,
  type LocalBackendSettings,
  type MessageTemplate,
  type OAuthSettings,
  type PasswordPolicySettings,
  type PoolSettings,
  type RefreshTokenRotation,
  type S3BackendSettings,
  type Settings,
  type TokenValidity,
} from "../settings.ts";
import { explainArgument } from "./arguments.ts";
import { type SettingProblem, settingPath, wrong } from "./problem.ts";

/** Every field of an interface, so that the compiler says when one is missing here. */
type Fields<T> = { readonly [Key in keyof T]-?: z.ZodType<Required<T>[Key]> };

/** All its fields optional, those of `required` excepted. */
function section<T>(fields: Fields<T>, required: readonly (keyof T)[] = []) {
  const optional = (name: string, type: z.ZodType) =>
    (required as readonly string[]).includes(name) ? type : type.exactOptional();
  return z.strictObject(
    Object.fromEntries(
      Object.entries<z.ZodType>(fields).map(([name, type]) => [name, optional(name, type)]),
    ) as z.ZodRawShape,
  ) as unknown as z.ZodType<T>;
}

/** A value of a form that no schema says, and the words for any other. */
function formed<T>(isOne: (value: unknown) => boolean, message: string, next: string) {
  return z.custom<T>(isOne, { params: { message, next } });
}

/** Where an undefined value has always been the same as none: a variable of the environment that is not set. */
const orUndefined = <T>(type: z.ZodType<T>) => type.optional() as unknown as z.ZodType<T>;

/** In the provider's own words: which they are is checked in arguments.ts, their values by the provider. */
const asIs = <T>() => orUndefined(z.looseObject({}) as unknown as z.ZodType<T>);

const texts = z.array(z.string());
const filled = z.string().regex(/\S/);
const duration = formed<Duration>(
  isDuration,
  "it is not a length of time",
  'Write a number and a unit: "30 minutes", "12 hours" or "30 days".',
);

const message = section<MessageTemplate>({
  emailSubject: z.string(),
  emailMessage: z.string(),
  smsMessage: z.string(),
});

const passwordPolicy = section<PasswordPolicySettings>({
  minimumLength: z.int(),
  requireLowercase: z.boolean(),
  requireUppercase: z.boolean(),
  requireNumbers: z.boolean(),
  requireSymbols: z.boolean(),
  temporaryPasswordValidityDays: z.int(),
  history: z.int(),
});

const recovery = formed<NonNullable<PoolSettings["recovery"]>>(
  (value) =>
    value === "admin_only" ||
    (Array.isArray(value) && value.every((one) => (RECOVERIES as readonly unknown[]).includes(one))),
  "it is no list of ways to recover an account",
  `Write a list of ${RECOVERIES.map(quote).join(" and ")}, the preferred one first, or "admin_only".`,
);

const email = section<EmailSettings>(
  {
    ses: section<SesSender>(
      { sourceArn: z.string(), from: z.string(), replyTo: z.string(), configurationSet: z.string() },
      ["sourceArn", "from"],
    ),
  },
  ["ses"],
);

const sms = section<SmsSettings>(
  { snsCallerArn: z.string(), createRole: z.literal(true), externalId: z.string(), region: z.string() },
  ["externalId"],
);

const pool = section<PoolSettings>(
  {
    name: z.string(),
    signInWith: z.enum(["email", "username"]),
    caseSensitive: z.boolean(),
    aliases: z.array(z.enum(ALIASES)),
    autoVerify: z.array(z.enum(["email", "phone_number"])),
    selfSignUp: z.boolean(),
    // Two forms, each with its rules: rules/attributes.ts.
    customAttributes: z.custom<CustomAttributes>(() => true),
    passwordPolicy,
    mfa: z.enum(["off", "optional", "required"]),
    mfaFactors: z.array(z.enum(SECOND_FACTORS)),
    recovery,
    firstFactors: z.array(z.enum(FIRST_FACTORS)),
    passkeys: section<PasskeySettings>({
      relyingPartyId: z.string(),
      userVerification: z.enum(["preferred", "required"]),
    }),
    tier: z.enum(TIERS),
    threatProtection: z.enum(THREAT_PROTECTIONS),
    devices: section<DeviceSettings>(
      { remember: z.enum(["always", "ask"]), challengeOnNewDevice: z.boolean() },
      ["remember"],
    ),
    domainPrefix: z.string(),
    invitation: message,
    verification: message,
    email,
    sms,
    tags: z.record(z.string(), z.string()),
    asIs: asIs<NonNullable<PoolSettings["asIs"]>>(),
  },
  ["name"],
);

const client = section<ClientSettings>(
  {
    name: z.string(),
    authFlows: z.array(z.enum(ALL_AUTH_FLOWS)),
    signInFlow: z.enum(FLOW_NAMES),
    secret: z.boolean(),
    oauth: section<OAuthSettings>(
      {
        flows: z.array(z.enum(["code", "implicit"])),
        scopes: texts,
        callbackUrls: texts,
        logoutUrls: texts,
      },
      ["callbackUrls"],
    ),
    identityProviders: texts,
    tokenValidity: section<TokenValidity>({
      accessToken: duration,
      idToken: duration,
      refreshToken: duration,
    }),
    refreshTokenRotation: section<RefreshTokenRotation>({ gracePeriodSeconds: z.int() }),
    sessionValidityMinutes: z.int(),
    asIs: asIs<NonNullable<ClientSettings["asIs"]>>(),
  },
  ["name"],
);

const group = section<GroupSettings>({
  description: z.string(),
  precedence: z.int(),
  roleArn: z.string(),
  privileged: z.literal(true),
  grantedIn: z.array(filled).min(1),
});

const quotas = section(
  Object.fromEntries(
    QUOTA_CATEGORIES.map((name) => [name, z.int().min(1)]),
  ) as unknown as Fields<QuotaSettings>,
);

const BACKENDS = {
  local: section<LocalBackendSettings>({ type: z.literal("local") }, ["type"]),
  s3: section<S3BackendSettings>(
    {
      type: z.literal("s3"),
      bucket: filled,
      key: orUndefined(z.string()),
      region: orUndefined(z.string()),
      kmsKeyId: orUndefined(z.string()),
    },
    ["type", "bucket"],
  ),
  hcp: section<HcpBackendSettings>({ type: z.literal("hcp"), organization: filled, workspace: filled }, [
    "type",
    "organization",
    "workspace",
  ]),
} satisfies { readonly [Kind in BackendSettings["type"]]: z.ZodType };

const backend = z.discriminatedUnion(
  "type",
  Object.values(BACKENDS) as unknown as [z.ZodObject, ...z.ZodObject[]],
) as unknown as z.ZodType<BackendSettings>;

const guards = section<GuardSettings>({
  required: orUndefined(texts),
  maxRemovals: orUndefined(
    formed<NonNullable<GuardSettings["maxRemovals"]>>(
      isLimit,
      "it is neither a number of people nor a part of them",
      'Write a whole number, or a part such as "10%".',
    ),
  ),
  minPeople: orUndefined(z.int().min(0)),
});

function isLimit(value: unknown): boolean {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0;
  return typeof value === "string" && /^\d+(?:\.\d+)?%$/.test(value) && Number.parseFloat(value) <= 100;
}

const stackName = formed<string>(
  (value) => typeof value === "string" && /^[^\s*?[\]{}!]+$/.test(value),
  "it is not the name of a stack",
  "Write letters, digits and hyphens: it names a directory and the state's file.",
);

/** A folder at any depth would be read at every save, with all that is below it. */
const isRosterPath = (value: unknown) =>
  typeof value === "string" && /\S/.test(value) && !value.includes("**");

const rosterSetting = formed<RosterSetting>(
  (value) =>
    typeof value === "string"
      ? !value.includes("**")
      : Array.isArray(value) && value.length > 0 && value.every(isRosterPath),
  "it is not a file, nor a pattern, nor a list of them",
  'Write "users.json", "people/*.json" (** is not taken: name each folder), or a list: ["people/*.json", "security.json"].',
);

const SHAPE = section<Settings>(
  {
    stack: stackName,
    roster: rosterSetting,
    region: z.string(),
    pool,
    client,
    groups: z.record(z.string(), group),
    backend: orUndefined(backend),
    guards: orUndefined(guards),
    quotas,
    destroyable: z.boolean(),
  },
  ["stack", "roster", "pool", "client"],
);

/**
 * Settings that TypeScript would refuse. It is not asked at synth, where it would cost seconds, and an editor or a
 * generator may not have asked it either.
 */
export function shapeProblems(settings: unknown): ShapeProblems {
  const issues = SHAPE.safeParse(settings, { reportInput: true }).error?.issues ?? [];
  return {
    unknown: issues.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => unknownSetting(settings, issue.path, key))
        : [],
    ),
    unreadable: issues.filter(({ code }) => code !== "unrecognized_keys").map(wrongValue),
  };
}

export interface ShapeProblems {
  /** Settings that there are not. */
  readonly unknown: readonly SettingProblem[];
  /** Settings whose value is of another kind than theirs, and missing ones. */
  readonly unreadable: readonly SettingProblem[];
}

const WHY = "What can't be read as meant is not guessed at: everyone in the pool depends on it.";

function unknownSetting(settings: unknown, path: readonly PropertyKey[], key: string): SettingProblem {
  return wrong({
    setting: settingPath([...path, key]),
    message: "there is no such setting",
    why: WHY,
    next: meantBy(key, path, namesAt(settings, path)),
  });
}

/** What a name that is no setting was meant for: one of its neighbours, one of Terraform's, one in another place. */
function meantBy(key: string, path: readonly PropertyKey[], known: readonly string[]): string {
  const near = closest(key, known);
  if (near !== undefined && plain(near) === plain(key)) return `Did you mean ${near}?`;
  const argument = explainArgument(key, path[0]);
  if (argument !== undefined) return argument;
  const places = PLACES.get(plain(key)) ?? [];
  if (places.length > 0) return `Its place is ${places.join(" or ")}.`;
  return near ? `Did you mean ${near}?` : `Here are ${known.join(", ")}: lib/stack/settings.ts.`;
}

/** Where each setting has its place, by its name; names that several sections have for different things stay out. */
const PLACES: ReadonlyMap<string, readonly string[]> = placesIn(SHAPE, []);

function placesIn(type: unknown, path: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const shape = objectIn(type)?.shape ?? {};
  for (const [name, inner] of Object.entries(shape)) {
    const own = [...path, name];
    if (name !== "name" && name !== "asIs") add(found, plain(name), [own.join(".")]);
    for (const [key, places] of placesIn(inner, own)) add(found, key, places);
  }
  return found;
}

function add(found: Map<string, string[]>, key: string, places: readonly string[]): void {
  found.set(key, [...(found.get(key) ?? []), ...places]);
}

/** The names of the settings in the section at `path`. */
function namesAt(settings: unknown, path: readonly PropertyKey[]): string[] {
  let type: unknown = SHAPE;
  let value = settings;
  for (const step of path) {
    value = Object(value)[step];
    type = typeAt(type, String(step), value);
  }
  return Object.keys(objectIn(type)?.shape ?? {});
}

/** The type of the setting of this name; in `groups`, which has names of the team's own, each has the same. */
function typeAt(type: unknown, name: string, value: unknown): unknown {
  const section = required(type);
  if (section instanceof z.ZodRecord) return section.valueType;
  const inner = objectIn(section)?.shape[name];
  const kinds = required(inner);
  if (!(kinds instanceof z.ZodDiscriminatedUnion)) return inner;
  const kind: unknown = Object(value).type;
  return BACKENDS[kind as BackendSettings["type"]];
}

function objectIn(type: unknown): z.ZodObject | undefined {
  const section = required(type);
  return section instanceof z.ZodObject ? section : undefined;
}

function required(type: unknown): unknown {
  return type instanceof z.ZodExactOptional || type instanceof z.ZodOptional ? required(type.unwrap()) : type;
}

function wrongValue(issue: z.core.$ZodIssue): SettingProblem {
  const setting = settingPath(issue.path) || "config";
  const words = explain(issue);
  const isNamed = words === MISSING && /^(?:pool|client)$/.test(setting);
  return wrong({ setting, why: WHY, ...words, ...(isNamed && { next: `Write ${setting}: { name: "…" }.` }) });
}

/** A value is only shown where a fixed word is expected; elsewhere it could be a secret that went astray. */
function explain(issue: z.core.$ZodIssue): { message: string; next: string } {
  if (issue.input === undefined) return MISSING;
  switch (issue.code) {
    case "invalid_value":
      return explainChoice(issue.input, issue.values);
    case "invalid_union": {
      // Of the one union there is: the kinds of backend.
      const kind: unknown = Object(issue.input).type;
      return kind === undefined
        ? { message: MISSING.message, next: oneOf(Object.keys(BACKENDS)) }
        : explainChoice(kind, Object.keys(BACKENDS));
    }
    case "custom": {
      const { message, next } = issue.params ?? {};
      return { message: String(message), next: String(next) };
    }
    case "invalid_format":
      return { message: "it is empty", next: "Write it." };
    case "invalid_type":
      return { message: `it must be ${EXPECTED[issue.expected] ?? issue.expected}`, next: "Write it so." };
    case "too_small":
      return { message: `it must be ${issue.minimum} or more`, next: "Write it so." };
    default:
      return { message: "it can't be used", next: "lib/stack/settings.ts says what it may be." };
  }
}

const MISSING = { message: "it is missing", next: "Write it." };

function explainChoice(input: unknown, choices: readonly unknown[]): { message: string; next: string } {
  const given = typeof input === "string" ? quote(input) : "this";
  return { message: `${given} is none of its values`, next: oneOf(choices) };
}

function oneOf(choices: readonly unknown[]): string {
  const shown = choices.map((choice) => (typeof choice === "string" ? quote(choice) : String(choice)));
  return shown.length === 1 ? `Write ${shown[0]}, or leave it out.` : `Write one of ${shown.join(", ")}.`;
}

const EXPECTED: Readonly<Partial<Record<string, string>>> = {
  string: "a text",
  int: "a whole number",
  number: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};
