import { quote, type Words } from "../roster/problem.ts";
import type { Removal } from "./removals.ts";

/**
 * What to do about a line that is gone, in the roster's own words.
 * @param roster the roster's file, as the reader names it
 */
export function explainRemoval({ former, renamed }: Removal, roster: string): Words {
  const name = quote(former.username);
  if (renamed === undefined) {
    return {
      message: `${name} is gone from ${roster}, but was not leaving`,
      hint:
        `People leave in two steps: put the line back with "leaving": true in it (${name}: { …, "leaving": true }) and deploy; ` +
        "the person is disabled and signed out. Delete the line in a later change, which deletes the account.",
    };
  }
  return { message: consequence({ former, renamed }), hint: wayOut({ former, renamed }) };
}

/** Words for a person who was leaving, is deleted, and seems to join again under another key in the same deploy. */
export function explainReturnAsNew(removal: Removal & Required<Pick<Removal, "renamed">>): Words {
  const { former, renamed } = removal;
  const both = `${quote(former.username)} → ${quote(renamed.to.username)}`;
  return {
    message: consequence(removal),
    hint:
      renamed.by === "spelling"
        ? `Cognito takes ${both} for one name, and would refuse the new one while the old one is there. ` +
          `Deploy without ${quote(renamed.to.username)} first; add it in the change after that.`
        : `If they are two people, or a new account is what you want: --allow-replace ${former.username}`,
  };
}

function consequence({ former, renamed }: Removal): string {
  const [old, now] = [quote(former.username), quote(renamed?.to.username ?? "")];
  const why =
    renamed?.by === "spelling"
      ? "they differ only in letter case or in how characters are written"
      : "they have the same attributes";
  return `${old} is gone and ${now} is new, and ${why}: this deletes ${old} and creates ${now} with a new sub`;
}

function wayOut({ former, renamed }: Removal): string {
  const [old, now] = [quote(former.username), quote(renamed?.to.username ?? "")];
  const kept = `Cognito cannot rename an account: password, MFA and sub would be lost. Write ${old} again to keep it.`;
  if (renamed?.by === "spelling") {
    return (
      `${kept} If it must be a new account all the same, deploy ${old}: { …, "leaving": true } first, ` +
      `then without the line, then with ${now}: they can't be there together.`
    );
  }
  return (
    `${kept} If it shall be a new account (or is another person), put ${old} back with "leaving": true beside ${now} and deploy; ` +
    "delete the old line in a later change."
  );
}
