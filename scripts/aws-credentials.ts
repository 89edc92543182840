import { resolve } from "node:path";
import { type AwsCredentials, awsCredentials, identityPoolRegion } from "../lib/auth/aws-credentials.ts";
import {
  checkedProfileName,
  exportLines,
  processDocument,
  profileEntry,
} from "../lib/auth/credential-formats.ts";
import { saveTokens } from "../lib/auth/token-file.ts";
import { verifyTokens } from "../lib/auth/tokens.ts";
import { type CallerIdentity, callerIdentity } from "../lib/deploy/target.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { wrapIndented } from "../lib/text/terminal.ts";
import { main, ROOT } from "./frame/main.ts";
import { commandInputs } from "./frame/output.ts";
import {
  checkSave,
  factLines,
  localTime,
  type PersonAtWork,
  type PersonOptions,
  withPerson,
} from "./frame/person.ts";
import { environment } from "./frame/settings.ts";
import { refreshAsAsked, signInAsAsked } from "./frame/sign-in.ts";

main(() =>
  withPerson(
    {
      name: "aws-credentials",
      description:
        "Signs a person in and gets temporary AWS credentials for them from the identity pool. They last an hour.",
      readOnly: true,
      stdin: {
        "--password-stdin":
          "the password, then a line for each code that Cognito asks for; not with --tokens, which asks for nothing",
      },
      json: "print the credentials as credential_process expects them, and nothing else; STS is not asked",
      options: [
        "--export",
        "--profile <name>",
        "--identity-pool-id <id>",
        "--tokens <file>",
        "--save <file>",
        "--flow <name>",
        "--totp-secret-stdin",
        "--browser",
        "--print-url",
        "--domain <name>",
        "--callback <url>",
      ],
    },
    async (work) => {
      const { options, onExchange } = work;
      checkCombination(options);
      const identityPoolId = requiredPool(work);
      await checkSave(options);
      const { person, tokens } = await freshTokens(work);
      const { clientId, username } = person;
      const request = { identityPoolId, clientId, username, tokens, onExchange };
      const credentials = await awsCredentials(request);
      if (options.json) return print(processDocument(credentials));
      const region = identityPoolRegion(identityPoolId);
      const caller = await callerIdentity(process.env, region, credentials);
      if (caller.arn === undefined) noticeUnknown(caller.unknown);
      if (options.export) {
        if (caller.arn !== undefined) say(`Credentials of ${caller.arn}`);
        if (process.env.AWS_PROFILE) say("AWS_PROFILE is set, and some tools prefer it: unset AWS_PROFILE");
        return print(exportLines(credentials));
      }
      const { profile: name, save, tokens: from } = options;
      const file = save ?? from;
      if (name !== undefined && file !== undefined) {
        if (person.clientSecret !== undefined)
          say("The app client has a secret: the profile needs COGNITO_CLIENT_SECRET in its environment.");
        const { userPoolId } = person;
        const ids = { userPoolId, clientId, identityPoolId };
        const where = { name, region, root: resolve(ROOT), environment, tokens: resolve(file) };
        return print(profileEntry({ ...where, username, ...ids }));
      }
      return print(describe(username, credentials, caller));
    },
  ),
);

const print = (text: string) => void process.stdout.write(`${text}\n`);
const say = (line: string) =>
  void process.stderr.write(`${wrapIndented("", line, process.stderr.columns).join("\n")}\n`);

/** @throws UserError (exit 2), before anything is asked or sent */
function checkCombination({ profile, tokens, save, browser, printUrl, passwordStdin }: PersonOptions): void {
  if (profile !== undefined) checkedProfileName(profile);
  if (profile !== undefined && tokens === undefined && save === undefined) {
    throw new UserError("--profile needs a token file, which the profile reads at every use", {
      next: ["add --save FILE to sign in now and keep the tokens there, or --tokens FILE"],
      exitCode: EXIT.wrong,
    });
  }
  if (tokens !== undefined && (browser || passwordStdin)) {
    const other = passwordStdin ? "--password-stdin" : printUrl ? "--print-url" : "--browser";
    throw new UserError(`--tokens and ${other} can't be combined`, {
      why: "--tokens replaces the sign-in.",
      next: ["leave out one of them"],
      exitCode: EXIT.wrong,
    });
  }
}

/** @throws UserError, before a password is typed */
function requiredPool({ identityPoolId, options }: PersonAtWork): string {
  if (identityPoolId !== undefined) {
    identityPoolRegion(identityPoolId);
    return identityPoolId;
  }
  if (options.userPoolId ?? process.env.COGNITO_USER_POOL_ID) {
    throw new UserError("There is a user pool id, but no identity pool id", {
      next: ["add --identity-pool-id ID, or COGNITO_IDENTITY_POOL_ID"],
      exitCode: EXIT.wrong,
    });
  }
  throw new UserError("No identity pool has been deployed", {
    why: "People only get AWS credentials from one. The last deploy has no output identity_pool_id.",
    next: [
      "add identityPool: {} to config.ts (docs/settings.md, AWS credentials), and deploy",
      "or pass the id of another one: --identity-pool-id ID",
    ],
  });
}

/** New, verified tokens, saved where they were asked for; and where the old ones would be useless. */
async function freshTokens(work: PersonAtWork) {
  const { tokens: file, save } = work.options;
  const signedIn = file === undefined ? await signInAsAsked(work) : undefined;
  const { tokens, rotated } =
    signedIn === undefined ? await refreshAsAsked(work) : { tokens: signedIn.tokens, rotated: false };
  const { person, endpoint } = signedIn?.work ?? work;
  await verifyTokens(tokens, { ...person, endpoint: endpoint() });
  const target = save ?? (rotated ? file : undefined);
  if (target !== undefined) await saveTokens(target, person, tokens, commandInputs());
  return { person, tokens };
}

const UNKNOWN = {
  unasked:
    "STS was not asked whose credentials these are: only Cognito has an endpoint of its own, and STS would be AWS's. Set AWS_ENDPOINT_URL_STS to ask it.",
  denied: "The role isn't allowed to call sts:GetCallerIdentity, so the credentials were not verified.",
  unanswered: "STS didn't answer, so the credentials were not verified.",
};

/** @throws UserError if AWS doesn't accept them */
function noticeUnknown(unknown: Exclude<CallerIdentity, { arn: string }>["unknown"]): void {
  if (unknown === "invalid") {
    throw new UserError("STS doesn't accept the credentials that the identity pool returned", {
      why: "They come from one endpoint, and STS is at another; or the clock of this machine is wrong.",
      next: ["check AWS_ENDPOINT_URL_COGNITO_IDENTITY, AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL"],
    });
  }
  say(UNKNOWN[unknown]);
}

function describe(username: string, credentials: AwsCredentials, caller: CallerIdentity): string {
  const { accessKeyId, identityId, expiration } = credentials;
  return [
    `✔ Temporary AWS credentials for ${username}`,
    ...(caller.arn === undefined
      ? []
      : [...factLines("role", caller.arn), ...factLines("account", caller.account)]),
    ...factLines("access key", accessKeyId),
    ...factLines("identity", identityId),
    ...factLines("valid until", localTime(expiration)),
    "  The secrets are not shown: add --export (for a shell), --json (credential_process) or --profile NAME (~/.aws/config).",
  ].join("\n");
}
