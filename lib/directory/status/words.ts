import type { Invite } from "../../roster/roster.ts";
import { commandLine } from "../../shell.ts";
import { counted } from "../../text/words.ts";
import { daysUntil, expiryOf, type Found, type State, type StateRules } from "./states.ts";

export interface Words {
  /** One fact each. */
  readonly what: readonly string[];
  /** A command that helps, as typed in a terminal. */
  readonly help?: string;
}

export interface WordRules extends StateRules {
  readonly userPoolId: string;
  /** Whether the commands have to name the pool, for it is not the deployed one. @default false */
  readonly namePool?: boolean | undefined;
}

/** What a state means for this one, and the command that helps. */
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
        what: ["Cognito disabled the account: its password may be known to others"],
        help: commandLine`npm run issue-password -- ${username} --reset ${pool}`,
      };
    case "reset-required":
      return {
        what: ["the password was reset: a new one is to be set with a code"],
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
        what: ["has no second factor, which the pool requires: the next sign-in asks for one"],
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
        : { what: ["disabled in the pool, but not in the roster"], help: "npm run deploy" };
    case "leaving":
      if (live === undefined) return { what: ["gone from the pool"] };
      return live.enabled
        ? { what: ["leaves, but is not disabled yet"], help: "npm run deploy" }
        : { what: ["disabled; is deleted when the line goes"] };
    case "undeclared":
      return {
        what: [
          `in the pool, but not in the roster: ${live?.enabled === false ? "disabled, " : ""}${live?.status ?? ""}`,
        ],
        help: "npm run export-users",
      };
    case "unknown":
      return live?.status === "EXTERNAL_PROVIDER"
        ? { what: ["signs in through an external identity provider, which Cognito cannot tell more about"] }
        : { what: [`Cognito calls the status ${live?.status ?? "UNKNOWN"}`] };
    case "confirmed":
      return withDrift(
        { what: factors === undefined ? ["has a password of their own"] : ["has no second factor"] },
        found,
      );
    case "mfa":
      return withDrift({ what: [`second factor: ${(factors ?? []).map(factorName).join(", ")}`] }, found);
  }
}

/** Enabled in the pool, disabled in the roster: somebody changed it outside, or it is not deployed. */
const drift = ({ person, live }: Found): string[] =>
  person?.enabled === false && live?.enabled === true ? ["not disabled yet, though the roster says so"] : [];

function withDrift({ what }: Words, found: Found): Words {
  const more = drift(found);
  return more.length === 0 ? { what } : { what: [...what, ...more], help: "npm run deploy" };
}

const INVITED: Readonly<Record<Invite, string>> = {
  email: "invited by e-mail",
  sms: "invited by SMS",
  none: "gets no invitation: a password is issued",
};
const invitedWords = (invite: Invite = "email") => INVITED[invite];

function expiryWords({ live }: Found, { validityDays, now }: StateRules): string {
  const expiry = expiryOf(live, validityDays);
  if (expiry === undefined) return "when the temporary password runs out is not known";
  const days = daysUntil(expiry, now);
  if (days === 0) return "the temporary password lasts less than a day";
  if (days > 0) return `the temporary password lasts ${counted(days, "day", "days")} more`;
  return days === -1
    ? "the temporary password ran out today"
    : `the temporary password ran out ${counted(-days - 1, "day", "days")} ago`;
}

const FACTORS: Readonly<Record<string, string>> = {
  SOFTWARE_TOKEN_MFA: "authenticator app",
  SMS_MFA: "SMS",
  EMAIL_OTP: "e-mail",
};
const factorName = (name: string) => FACTORS[name] ?? name;
