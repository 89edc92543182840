import { z } from "zod";
import type { CustomAttributes } from "../../roster/attribute-types.ts";
import type { RosterSetting } from "../../roster/files.ts";
import { closest, plain } from "../../roster/problem.ts";
import { quote } from "../../roster/redact.ts";
import { SIGN_IN_WITH } from "../../roster/sign-in-names.ts";
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
  type BackendSettings,
  type GroupSettings,
  type GuardSettings,
  type MessageTemplate,
  type PasswordPolicySettings,
  type PoolSettings,
  type Settings,
} from "../settings.ts";
import { explainArgument } from "./arguments.ts";
import { type SettingProblem, settingPath, wrong } from "./problem.ts";
import { BACKENDS, backend } from "./shape-backend.ts";
import { client } from "./shape-client.ts";
import { asIs, type Fields, filled, formed, orUndefined, section, texts } from "./shape-parts.ts";
import {
  domain,
  identityPool,
  identityProvider,
  resourceServer,
  secretInSettings,
} from "./shape-services.ts";
import { TRIGGERS_SHAPE } from "./triggers.ts";

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
  "it isn't a list of ways to recover an account",
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
    signInWith: z.enum(SIGN_IN_WITH),
    caseSensitive: z.boolean(),
    aliases: z.array(z.enum(ALIASES)),
    autoVerify: z.array(z.enum(["email", "phone_number"])),
    selfSignUp: z.boolean(),
    // Two forms, each with its own rules: rules/attributes.ts.
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
    domain,
    invitation: message,
    verification: message,
    email,
    sms,
    triggers: TRIGGERS_SHAPE,
    tags: z.record(z.string(), z.string()),
    asIs: asIs<NonNullable<PoolSettings["asIs"]>>(),
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

const guards = section<GuardSettings>({
  required: orUndefined(texts),
  maxRemovals: orUndefined(
    formed<NonNullable<GuardSettings["maxRemovals"]>>(
      isLimit,
      "it is neither a number of people nor a percentage",
      'Use a whole number, or a percentage such as "10%".',
    ),
  ),
  minPeople: orUndefined(z.int().min(0)),
  recertifyEvery: orUndefined(
    formed<NonNullable<GuardSettings["recertifyEvery"]>>(
      (value) => typeof value === "string" && /^[1-9]\d{0,3} days$/.test(value),
      "it is not a number of days",
      'Write it as "90 days".',
    ),
  ),
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

/** A folder at any depth would be read at every save, with everything below it. */
const isRosterPath = (value: unknown) =>
  typeof value === "string" && /\S/.test(value) && !value.includes("**");

const rosterSetting = formed<RosterSetting>(
  (value) =>
    typeof value === "string"
      ? !value.includes("**")
      : Array.isArray(value) && value.length > 0 && value.every(isRosterPath),
  "it is not a file, nor a pattern, nor a list of them",
  'Write "users.json", "people/*.json" (** is not supported: name each folder), or a list: ["people/*.json", "security.json"].',
);

const SHAPE = section<Settings>(
  {
    stack: stackName,
    roster: rosterSetting,
    region: z.string(),
    pool,
    client,
    clients: z.record(z.string(), client),
    groups: z.record(z.string(), group),
    resourceServers: z.record(z.string(), resourceServer),
    identityProviders: z.record(z.string(), identityProvider),
    identityPool,
    backend: orUndefined(backend),
    timeZone: z.string(),
    guards: orUndefined(guards),
    quotas,
    destroyable: z.boolean(),
    // Each is checked as complete settings: rules/environments.ts.
    environments: z.custom<NonNullable<Settings["environments"]>>(() => true),
  },
  ["stack", "roster", "pool"],
);

/**
 * Settings that TypeScript would refuse. It doesn't run at synth, where it would take seconds, and an editor or a generator may
 * not have run it either.
 */
export function shapeProblems(settings: unknown): ShapeProblems {
  const issues = SHAPE.safeParse(settings, { reportInput: true }).error?.issues ?? [];
  const wrongValues = issues.filter(({ code }) => code !== "unrecognized_keys");
  return {
    unknown: issues.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => unknownSetting(settings, issue.path, key))
        : [],
    ),
    unreadable: [...wrongValues.map(wrongValue), ...(hasClient(settings) ? [] : [missing("client")])],
    unreadablePaths: wrongValues.map(({ path }) => path),
  };
}

/** One form or the other; for a value that isn't an object, this is all there is to report. */
const hasClient = (settings: unknown): boolean =>
  typeof settings !== "object" ||
  settings === null ||
  Array.isArray(settings) ||
  "client" in settings ||
  "clients" in settings;

export interface ShapeProblems {
  /** Unknown settings. */
  readonly unknown: readonly SettingProblem[];
  /** Settings whose value has the wrong type, and missing ones. */
  readonly unreadable: readonly SettingProblem[];
  /** The path of each of their values. */
  readonly unreadablePaths: readonly (readonly PropertyKey[])[];
}

const WHY = "Unknown settings are refused, not ignored: everyone in the pool depends on them.";

function unknownSetting(settings: unknown, path: readonly PropertyKey[], key: string): SettingProblem {
  const secret = secretInSettings(path, key);
  if (secret !== undefined) return secret;
  return wrong({
    setting: settingPath([...path, key]),
    message: "unknown setting",
    why: WHY,
    next: meantBy(key, path, namesAt(settings, path)),
  });
}

/**
 * What an unknown name was probably meant as: a neighbouring setting, an argument of Terraform's, a setting of another section.
 */
function meantBy(key: string, path: readonly PropertyKey[], known: readonly string[]): string {
  const near = closest(key, known);
  if (near !== undefined && plain(near) === plain(key)) return `Did you mean ${near}?`;
  const among = path[0] === "clients" ? settingPath(path.slice(0, 2)) : "client";
  const argument = explainArgument(key, path[0] === "clients" ? "client" : path[0]);
  if (argument !== undefined) return argument.replace(/\bclient(?=\.)/g, among);
  const places = PLACES.get(plain(key)) ?? [];
  if (places.length > 0) return `Its place is ${places.join(" or ")}.`;
  return near ? `Did you mean ${near}?` : `Allowed here: ${known.join(", ")} (lib/stack/settings.ts).`;
}

/** Where each setting belongs, by its name; names that mean different things in several sections are left out. */
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

/** The type of the setting with this name; in `groups`, whose names you choose, all have the same. */
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
  if (words === MISSING && /^(?:pool|client)$/.test(setting)) return missing(setting);
  return wrong({ setting, why: WHY, ...words });
}

const missing = (setting: string): SettingProblem =>
  wrong({ setting, why: WHY, ...MISSING, next: `Write ${setting}: { name: "…" }.` });

/** A value is only shown where a fixed word is expected; elsewhere it could be a misplaced secret. */
function explain(issue: z.core.$ZodIssue): { message: string; next: string } {
  if (issue.input === undefined) return MISSING;
  switch (issue.code) {
    case "invalid_value":
      return explainChoice(issue.input, issue.values);
    case "invalid_union": {
      if (issue.path.at(-1) === "secretStore")
        return {
          message: "this isn't a place for a secret",
          next: 'Write { ssm: "/name" } or { secretsManager: "name" }.',
        };
      // For the only union: the kinds of backend.
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

const MISSING = { message: "it is required", next: "Write it." };

function explainChoice(input: unknown, choices: readonly unknown[]): { message: string; next: string } {
  const given = typeof input === "string" ? quote(input) : "this";
  return { message: `${given} is not an allowed value`, next: oneOf(choices) };
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
