import type { CarriedOut } from "../../lib/review/carry-out.ts";
import type { ReviewDocument } from "../../lib/review/document.ts";
import type { PersonEntry } from "../../lib/review/person-entry.ts";
import type { Screen } from "./screen.ts";
import { hanging, harmless } from "./wrap.ts";

/** Of more people than these, the rest is counted. */
const NAMED = 10;

/** How a deploy ends: the outputs, who was invited, and how they log in. */
export function deployedText(
  { entries }: ReviewDocument,
  { deployment, signedOut }: CarriedOut,
  { paint, columns }: Screen,
): string {
  const created = entries.filter(
    (entry): entry is PersonEntry =>
      entry.about === "person" && (entry.what === "joins" || entry.what === "replaced"),
  );
  const by = (...ways: readonly PersonEntry["invitation"][]) =>
    created.filter(({ invitation }) => ways.includes(invitation)).map(({ username }) => username);
  const [mailed, texted] = [by("email"), by("sms")];
  const silent = created.filter((one) => one.invitation === "none" && one.enabled !== false);
  const first = mailed[0] ?? texted[0] ?? silent[0]?.username;
  const invited = [
    ...(mailed.length > 0 ? [`invited by e-mail, with a temporary password: ${named(mailed)}`] : []),
    ...(texted.length > 0 ? [`invited by SMS, with a temporary password: ${named(texted)}`] : []),
    ...(silent.length > 0
      ? [
          `without an invitation, so npm run issue-password gives a password: ${named(silent.map(({ username }) => username))}`,
        ]
      : []),
  ];
  const arrow = `  ${paint.yellow("→")} `;
  const step = (text: string) => hanging(arrow, text, columns);
  return [
    `${paint.green("✔")} Deployed`,
    `  user pool   ${deployment.userPoolId}`,
    `  app client  ${deployment.clientId}`,
    `  region      ${deployment.region}`,
    ...invited.flatMap(step),
    // Not broken: the command is to be copied.
    ...(first === undefined
      ? []
      : [`${arrow}they log in in your app, or here: npm run first-login -- ${first}`]),
    ...(signedOut.length > 0 ? step(`signed out everywhere: ${named(signedOut)}`) : []),
    "",
  ].join("\n");
}

function named(usernames: readonly string[]): string {
  const shown = usernames.slice(0, NAMED).map(harmless).join(", ");
  const more = usernames.length - NAMED;
  return more > 0 ? `${shown}, and ${more} more` : shown;
}
