import { z } from "zod";
import { closest } from "../../roster/problem.ts";
import { quote } from "../../roster/redact.ts";
import { QUOTA_CATEGORIES, type QuotaSettings } from "../quotas.ts";
import {
  ALL_AUTH_FLOWS,
  type ClientSettings,
  type Duration,
  FLOW_NAMES,
  type GroupSettings,
  isDuration,
  type MessageTemplate,
  type OAuthSettings,
  type PasswordPolicy,
  type PoolSettings,
  type RefreshTokenRotation,
  type Settings,
  type TokenValidity,
} from "../settings.ts";
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

/** Checked by the module that its type comes from, or by the provider. */
const elsewhere = <Name extends keyof T, T>() => z.custom<Required<T>[Name]>(() => true);
const texts = z.array(z.string());
const duration = z.custom<Duration>(isDuration);

const message = section<MessageTemplate>({
  emailSubject: z.string(),
  emailMessage: z.string(),
  smsMessage: z.string(),
});

const passwordPolicy = section<Partial<PasswordPolicy>>({
  minimumLength: z.int(),
  requireLowercase: z.boolean(),
  requireUppercase: z.boolean(),
  requireNumbers: z.boolean(),
  requireSymbols: z.boolean(),
  temporaryPasswordValidityDays: z.int(),
});

const pool = section<PoolSettings>(
  {
    name: z.string(),
    signInWith: z.enum(["email", "username"]),
    caseSensitive: z.boolean(),
    autoVerify: z.array(z.enum(["email", "phone_number"])),
    selfSignUp: z.boolean(),
    customAttributes: elsewhere<"customAttributes", PoolSettings>(),
    passwordPolicy,
    mfa: z.enum(["off", "optional", "required"]),
    mfaFactors: z.array(z.literal("totp")),
    domainPrefix: z.string(),
    invitation: message,
    verification: message,
    tags: z.record(z.string(), z.string()),
    asIs: elsewhere<"asIs", PoolSettings>(),
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
    asIs: elsewhere<"asIs", ClientSettings>(),
  },
  ["name"],
);

const group = section<GroupSettings>({
  description: z.string(),
  precedence: z.int(),
  roleArn: z.string(),
  privileged: z.literal(true),
});

const quotas = section(
  Object.fromEntries(
    QUOTA_CATEGORIES.map((name) => [name, z.int().min(1)]),
  ) as unknown as Fields<QuotaSettings>,
);

const SHAPE = section<Settings>(
  {
    stack: z.string(),
    roster: z.string(),
    region: z.string(),
    pool,
    client,
    groups: z.record(z.string(), group),
    backend: elsewhere<"backend", Settings>(),
    guards: elsewhere<"guards", Settings>(),
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
      issue.code === "unrecognized_keys" ? issue.keys.map((key) => unknownSetting(issue.path, key)) : [],
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

function unknownSetting(path: readonly PropertyKey[], key: string): SettingProblem {
  const known = namesAt(path);
  const meant = closest(key, known);
  return wrong({
    setting: settingPath([...path, key]),
    message: "there is no such setting",
    why: WHY,
    next: meant ? `Did you mean ${meant}?` : `Here are ${known.join(", ")}: lib/stack/settings.ts.`,
  });
}

/** The names of the settings in the section at `path`. */
function namesAt(path: readonly PropertyKey[]): string[] {
  let type: unknown = SHAPE;
  for (const step of path) type = typeAt(type, String(step));
  const section = required(type);
  return section instanceof z.ZodObject ? Object.keys(section.shape) : [];
}

/** The type of the setting of this name; in `groups`, which has names of the team's own, each has the same. */
function typeAt(type: unknown, name: string): unknown {
  const section = required(type);
  if (section instanceof z.ZodRecord) return section.valueType;
  return section instanceof z.ZodObject ? section.shape[name] : undefined;
}

const required = (type: unknown) => (type instanceof z.ZodExactOptional ? type.unwrap() : type);

function wrongValue(issue: z.core.$ZodIssue): SettingProblem {
  return wrong({ setting: settingPath(issue.path) || "config", why: WHY, ...explain(issue) });
}

/** A value is only shown where a fixed word is expected; elsewhere it could be a secret that went astray. */
function explain(issue: z.core.$ZodIssue): { message: string; next: string } {
  if (issue.input === undefined) return { message: "it is missing", next: "Write it." };
  switch (issue.code) {
    case "invalid_value": {
      const choices = issue.values.map((value) => (typeof value === "string" ? quote(value) : String(value)));
      const given = typeof issue.input === "string" ? quote(issue.input) : "this";
      return {
        message: `${given} is none of its values`,
        next:
          choices.length === 1
            ? `Write ${choices[0]}, or leave it out.`
            : `Write one of ${choices.join(", ")}.`,
      };
    }
    case "custom":
      return {
        message: "it is not a length of time",
        next: 'Write a number and a unit: "30 minutes", "12 hours" or "30 days".',
      };
    case "invalid_type":
      return { message: `it must be ${EXPECTED[issue.expected] ?? issue.expected}`, next: "Write it so." };
    case "too_small":
      return { message: `it must be ${issue.minimum} or more`, next: "Write it so." };
    default:
      return { message: "it can't be used", next: "lib/stack/settings.ts says what it may be." };
  }
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
