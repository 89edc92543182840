import { ATTRIBUTE_WORDS, attributeOf } from "../roster/sign-in-names.ts";
import type { PersonEntry, Renaming } from "./person.ts";
import type { Review } from "./review.ts";

/** The review with the new addresses in it: a plan doesn't contain them, since the account is changed before the apply. */
export function withRenames(review: Review, renames: readonly Renaming[]): Review {
  if (renames.length === 0) return review;
  const byName = new Map(renames.map((one) => [one.to, one]));
  const entries = review.entries.map((entry) => {
    const renamed = entry.about === "person" ? byName.get(entry.username) : undefined;
    if (renamed === undefined) return entry;
    byName.delete(renamed.to);
    return { ...entry, renamed };
  });
  const others = [...byName.values()].map(
    (renamed): PersonEntry => ({
      about: "person",
      address: `aws_cognito_user.users[${JSON.stringify(renamed.to)}]`,
      username: renamed.to,
      what: "changes",
      attributes: [],
      renamed,
    }),
  );
  return { ...review, entries: [...entries, ...others], unchanged: review.unchanged - others.length };
}

/** Who, from what to what, and what stays. */
export function renamingWords({ from, to, emailVerified, done, there, privileged = [] }: Renaming): string[] {
  const called = ATTRIBUTE_WORDS[attributeOf(to)];
  const word = called === ATTRIBUTE_WORDS.email ? "address" : "number";
  const verified = emailVerified ? "verified" : "not verified: the person must verify it";
  return [
    `is ${from} under a new ${word}: the same account, so the sub, password, MFA and groups stay, and sessions continue`,
    done
      ? `Cognito already has the new ${word}; the state follows`
      : `${called}: ${there ?? from} → ${to} (${verified}); they sign in with the new one from then on`,
    ...(privileged.length === 0
      ? []
      : [
          `stays in ${privileged.join(", ")} (privileged): anyone with access to the new ${word} can reset the password, and gets that too`,
        ]),
    ...(there === undefined
      ? []
      : [`the ${word} was changed outside this repository, from ${from} to ${there}`]),
  ];
}
