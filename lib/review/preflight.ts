import { isPasswordless } from "../stack/factors.ts";
import { quotasOf } from "../stack/quotas.ts";
import { DEFAULT_SENDER_PER_DAY, type MailSender, mailSender } from "../stack/rules/cognito-limits.ts";
import { counted, firstNames } from "../text/words.ts";
import { block, textIn } from "./differences.ts";
import { type PersonEntry, personIn } from "./person.ts";
import type { Plan } from "./plan.ts";

/** What to know before a deploy starts. */
export interface Preflight {
  /** The environment in config.ts, if it has several. */
  readonly environment?: string;
  /** Absent if it is unknown: on a first deploy without a response from STS. */
  readonly account?: string;
  readonly region?: string;
  /** The pool's id; absent when this deploy creates it. */
  readonly userPoolId?: string;
  readonly poolName?: string;
  readonly invitations: {
    readonly email: number;
    readonly sms: number;
    readonly sender: MailSender;
    /** Whether Cognito gives newcomers no password, since the pool takes one-time codes. */
    readonly passwordless?: true;
  };
  readonly creations: {
    readonly people: number;
    /** Its quota, and the minimum number of seconds. */
    readonly perSecond: number;
    readonly seconds: number;
  };
  /** People whom Cognito bills as active this month only because of these commands. */
  readonly activeUsers: {
    /** People whom Terraform reads in order to plan (AdminGetUser): those adopted, and with `--refresh` everyone. */
    readonly plan: number;
    /** Whom the deploy creates or changes, at most. */
    readonly deploy: number;
  };
}

export interface PreflightOptions {
  /** Whether Terraform read everyone. */
  readonly refresh: boolean;
  /** Creations per second. @default Cognito's quota (UserCreation) */
  readonly creationsPerSecond?: number | undefined;
  /** Whose credentials these are, if no pool's ARN shows it. */
  readonly account?: string | undefined;
  /** The environment of config.ts that it is for. @default config.ts has none */
  readonly environment?: string | undefined;
}

/** Derives it from a plan. */
export function preflightOf(
  plan: Plan,
  people: readonly PersonEntry[],
  {
    refresh,
    creationsPerSecond: perSecond = quotasOf().UserCreation,
    account,
    environment,
  }: PreflightOptions,
): Preflight {
  const pool = plan.resource_changes.find(
    ({ type, name }) => type === "aws_cognito_user_pool" && name === "pool",
  )?.change;
  const arn = partsOf(textIn(pool?.before, "arn") ?? textIn(pool?.after, "arn"));
  const owner = arn?.account ?? account;
  const region = arn?.region ?? textIn(plan.planned_values?.outputs?.region, "value");
  const poolName = textIn(pool?.after, "name") ?? textIn(pool?.before, "name");
  const userPoolId = textIn(pool?.before, "id");
  const created = people.filter(({ what }) => what === "joins" || what === "replaced");
  const invited = (by: string) => created.filter(({ invitation }) => invitation === by).length;
  const touched = people.filter(({ what, ...entry }) => what !== "deleted" && does(what, entry));
  const accounts = plan.resource_changes.filter((change) => personIn(change) !== undefined);
  const adopted = accounts.filter(({ change }) => change.importing != null);
  const known = accounts.filter(({ change }) => change.before != null && change.importing == null);
  return {
    ...(environment ? { environment } : {}),
    ...(owner ? { account: owner } : {}),
    ...(region ? { region } : {}),
    ...(userPoolId ? { userPoolId } : {}),
    ...(poolName ? { poolName } : {}),
    invitations: {
      email: invited("email"),
      sms: invited("sms"),
      sender: senderOf(pool?.after),
      ...(isPasswordless(firstFactorsOf(pool?.after)) && { passwordless: true as const }),
    },
    creations: {
      people: created.length,
      perSecond,
      seconds: Math.ceil(created.length / perSecond),
    },
    activeUsers: { plan: adopted.length + (refresh ? known.length : 0), deploy: touched.length },
  };
}

/** Whether Cognito gets a request about a person; a mere move or import sends none. */
function does(what: PersonEntry["what"], { attributes, enabled, password, others }: Partial<PersonEntry>) {
  if (what === "joins" || what === "replaced") return true;
  return (attributes ?? []).length > 0 || [enabled, password, others].some((one) => one !== undefined);
}

/** `arn:<partition>:cognito-idp:<region>:<account>:userpool/<id>` */
function partsOf(arn: string | undefined) {
  const [, , , region, account] = arn?.split(":") ?? [];
  return region && account ? { region, account } : undefined;
}

function senderOf(pool: unknown): MailSender {
  const { email_configuration: email, lambda_config: lambda } = block(pool) ?? {};
  return mailSender(textIn(block(email), "email_sending_account"), block(block(lambda)?.custom_email_sender));
}

function firstFactorsOf(pool: unknown): readonly unknown[] {
  const factors = block(block(pool)?.sign_in_policy)?.allowed_first_auth_factors;
  return Array.isArray(factors) ? factors : [];
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  /** Worth noticing. */
  readonly warning?: true;
}

/**
 * The preflight in words.
 * @param access who gets access, or more access, besides the newcomers
 */
export function preflightFacts(preflight: Preflight, access: readonly string[] = []): Fact[] {
  const { environment, userPoolId, poolName, creations, activeUsers } = preflight;
  const { account = "unknown", region = "unknown" } = preflight;
  const { email, sms, sender, passwordless } = preflight.invitations;
  const over = sender === "cognito" && email > DEFAULT_SENDER_PER_DAY;
  const pool =
    userPoolId === undefined
      ? `created by this deploy${poolName === undefined ? "" : ` as "${poolName}"`}`
      : poolName === undefined
        ? userPoolId
        : `${poolName} (${userPoolId})`;
  const byMail = [
    `${email} by e-mail`,
    sender === "own"
      ? "through the pool's own sender"
      : `Cognito's own sender sends ${DEFAULT_SENDER_PER_DAY} a day${over ? ", and the rest fail; to send more: pool.email with SES" : ""}`,
  ].join("; ");
  return [
    ...(environment === undefined ? [] : [{ label: "Environment", value: environment }]),
    { label: "AWS account", value: account },
    { label: "Region", value: region },
    { label: "User pool", value: pool },
    ...(access.length === 0
      ? []
      : [
          {
            label: "Gain access",
            value: `${access.length} besides the newcomers: ${firstNames(access)}`,
            warning: true as const,
          },
        ]),
    ...(email + sms === 0
      ? [{ label: "Invitations", value: "none" }]
      : [
          {
            label: "Invitations",
            value: [
              email > 0 ? byMail : "",
              sms > 0 ? `${sms} by SMS` : "",
              passwordless ? "without a password: newcomers sign in with a one-time code" : "",
            ]
              .filter(Boolean)
              .join("; "),
            ...(over ? { warning: true as const } : {}),
          },
        ]),
    ...(creations.people === 0
      ? []
      : [
          {
            label: "New accounts",
            value: `${creations.people}; at ${creations.perSecond} a second (the quota), at least ${counted(creations.seconds, "second", "seconds")}`,
          },
        ]),
    {
      label: "Billed active users",
      value: `${activeUsers.plan} for this plan; ${activeUsers.deploy === 0 ? "none by the deploy" : `at most ${activeUsers.deploy} by the deploy`}`,
    },
  ];
}

/** Terraform's own counts, in its own words. */
export function terraformWords(counts: { import: number; add: number; change: number; destroy: number }) {
  const { import: imported, add, change, destroy } = counts;
  return `${imported} to import, ${add} to add, ${change} to change, ${destroy} to destroy`;
}
