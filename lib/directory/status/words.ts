import type { Invite } from "../../roster/roster.ts";
import { commandLine } from "../../shell.ts";
import { counted } from "../../text/words.ts";
import { daysUntil, expiryOf, type Found, type State, type StateRules } from "./states.ts";

export interface Words {
  /** One fact each. */
  readonly what: readonly string[];
  /** A suggested command, as typed in a terminal. */
  readonly help?: string;
}

export interface WordRules extends StateRules {
  readonly userPoolId: string;
  /** Whether the commands must name the pool, because it isn't the deployed one. @default false */
  readonly namePool?: boolean | undefined;
  /** Whether an account may have no password: it is then unknown who has signed in. @default false */
  readonly passwordless?: boolean | undefined;
  /** Whether people can sign up in this pool. @default false */
  readonly selfSignUp?: boolean | undefined;
}

/** Explains a person's state, with the command that helps. */
export function wordsFor(state: State, found: Found, rules: WordRules): Words {
  const { username, person, live, factors } = found;
  const pool = { "--user-pool-id": rules.namePool ? rules.userPoolId : undefined };
  const again =
    person?.invite === "none"
      ? commandLine`npm run issue-password -- ${username} ${pool}`
      : commandLine`npm run invite -- ${username} ${pool}`;
  switch (state) {
    case "compromised":
      return {
        what: ["Cognito disabled the account because its password may be compromised"],
        help: commandLine`npm run issue-password -- ${username} --reset ${pool}`,
      };
    case "reset-required":
      return {
        what: ["the password was reset: a new one must be set with a code"],
        help: commandLine`npm run forgot-password -- ${username}`,
      };
    case "expired":
      return { what: [invitedWords(person?.invite), expiryWords(found, rules)], help: again };
    case "invited":
      return {
        what: [invitedWords(person?.invite), expiryWords(found, rules), ...drift(found)],
        help: again,
      };
    case "missing":
      return {
        what: [
          person?.enabled === false
            ? "in the roster, disabled, but not in the pool"
            : "in the roster, but not in the pool",
        ],
        help: "npm run deploy",
      };
    case "mfa-pending":
      return {
        what: ["has no second factor, which the pool requires; the next sign-in sets one up"],
        help: commandLine`npm run sign-in -- ${username}`,
      };
    case "unconfirmed":
      return {
        what: ["signed up, but never confirmed the account"],
        help: commandLine`aws cognito-idp admin-confirm-sign-up --user-pool-id ${rules.userPoolId} --username ${username}`,
      };
    case "disabled":
      return person?.enabled === false
        ? { what: ["disabled, as the roster says"] }
        : {
            what: ["disabled in the pool, but enabled in the roster"],
            // A plain deploy enables only people whom the roster had disabled.
            help: commandLine`npm run deploy -- --enable ${username}`,
          };
    case "leaving":
      if (live === undefined) return { what: ["gone from the pool"] };
      return live.enabled
        ? { what: ["leaves, but is not disabled yet"], help: "npm run deploy" }
        : { what: ["disabled; deleted when the line is removed"] };
    case "undeclared":
      // People invited outside the roster have, or had, a temporary password: only UNCONFIRMED proves a sign-up.
      if (live?.status === "UNCONFIRMED" || (rules.selfSignUp && live?.status === "CONFIRMED")) {
        const how =
          live.status === "CONFIRMED"
            ? "signed up, or was created by hand"
            : "signed up but hasn't confirmed";
        return {
          what: [
            `${how}: in the pool${live.enabled ? "" : ", disabled"}, but not in the roster. To keep them, add their line to the roster`,
          ],
          help: commandLine`npm run deploy -- --adopt ${username}`,
        };
      }
      return {
        what: [
          `in the pool, but not in the roster: ${live?.enabled === false ? "disabled, " : ""}${live?.status ?? ""}`,
        ],
        help: "npm run export-users",
      };
    case "unknown":
      return live?.status === "EXTERNAL_PROVIDER"
        ? { what: ["signs in through an external identity provider"] }
        : { what: [`Cognito calls the status ${live?.status ?? "UNKNOWN"}`] };
    case "confirmed":
      return withDrift(
        {
          what:
            factors !== undefined
              ? ["has no second factor"]
              : rules.passwordless
                ? ["signs in with a one-time code, or has their own password"]
                : ["has their own password"],
        },
        found,
      );
    case "mfa":
      return withDrift({ what: [`second factor: ${(factors ?? []).map(factorName).join(", ")}`] }, found);
  }
}

/** Enabled in the pool, disabled in the roster: changed outside, or not yet deployed. */
const drift = ({ person, live }: Found): string[] =>
  person?.enabled === false && live?.enabled === true
    ? ["not disabled yet, although the roster says so"]
    : [];

function withDrift({ what }: Words, found: Found): Words {
  const more = drift(found);
  return more.length === 0 ? { what } : { what: [...what, ...more], help: "npm run deploy" };
}

const INVITED: Readonly<Record<Invite, string>> = {
  email: "invited by e-mail",
  sms: "invited by SMS",
  none: "gets no invitation: issue a password",
};
const invitedWords = (invite: Invite = "email") => INVITED[invite];

function expiryWords({ live }: Found, { validityDays, now }: StateRules): string {
  const expiry = expiryOf(live, validityDays);
  if (expiry === undefined) return "it isn't known when the temporary password expires";
  const days = daysUntil(expiry, now);
  if (days === 0) return "the temporary password expires within a day";
  if (days > 0) return `the temporary password expires in ${counted(days, "day", "days")}`;
  return days === -1
    ? "the temporary password expired today"
    : `the temporary password expired ${counted(-days - 1, "day", "days")} ago`;
}

const FACTORS: Readonly<Record<string, string>> = {
  SOFTWARE_TOKEN_MFA: "authenticator app",
  SMS_MFA: "SMS",
  EMAIL_OTP: "e-mail",
};
const factorName = (name: string) => FACTORS[name] ?? name;
