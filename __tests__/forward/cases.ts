import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../../lib/stack/settings.ts";
import type { Adoption } from "../../lib/stack/synth/import-blocks.ts";
import { ADOPTION_FILE, adoptionText } from "../../lib/stack/synth/import-blocks.ts";

/** The files in a repository's root that decide what is synthesized. */
export const INPUTS = ["config.ts", "users.json", ADOPTION_FILE] as const;

export interface Case {
  readonly name: string;
  /** What stands in the inputs' place; what is not named is not there. @default the repository's own */
  readonly inputs?: Partial<Readonly<Record<(typeof INPUTS)[number], string>>>;
}

/** This repository, each of its examples as its README starts it, and the constructs that none of them uses. */
export function casesOf(root: string): Case[] {
  const examples = readdirSync(join(root, "examples"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join("examples", name));
  const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8");
  return [
    { name: "this repository" },
    ...examples.map((example) => ({
      name: example,
      inputs: {
        "config.ts": read(example, "config.ts").replaceAll("../../lib", "./lib"),
        "users.json": read(example, "users.json"),
      },
    })),
    ADOPTED,
    PLAIN_NAMES,
  ];
}

const inputs = (settings: Settings, users: Readonly<Record<string, object>>) => ({
  "config.ts": `export const config = ${JSON.stringify(settings)};\n`,
  "users.json": JSON.stringify({ users }),
});

const MANY: Readonly<Record<string, object>> = Object.fromEntries(
  Array.from({ length: 450 }, (_, index) => [
    `person${index}@example.com`,
    {
      attributes: { name: `\${person} %{${index}} 山田`, team: "ops" },
      groups: index % 2 === 0 ? ["ops"] : [],
      ...(index % 100 === 99 ? { leaving: true } : {}),
    },
  ]),
);

const ADOPTION: Adoption = {
  userPoolId: "eu-west-1_AbCdEfGhI",
  clientId: "1example23456789",
  domain: "people",
  people: Object.keys(MANY),
  groups: ["ops"],
};

const ADOPTED: Case = {
  name: "450 people of an adopted pool, state in S3",
  inputs: {
    ...inputs(
      {
        stack: "adopted",
        roster: "users.json",
        region: "eu-west-1",
        backend: { type: "s3", bucket: "states", kmsKeyId: "alias/states" },
        pool: {
          name: "people",
          mfa: "required",
          customAttributes: ["team"],
          domainPrefix: "people",
          invitation: { emailSubject: "${welcome} %{to}", emailMessage: "{username} {####}" },
          tags: { Team: "ops" },
        },
        client: {
          name: "server",
          secret: true,
          signInFlow: "admin",
          authFlows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
          refreshTokenRotation: {},
          oauth: { callbackUrls: ["https://app.example.com/callback"] },
        },
      },
      MANY,
    ),
    [ADOPTION_FILE]: adoptionText(ADOPTION),
  },
};

const PLAIN_NAMES: Case = {
  name: "usernames that are no addresses, state in HCP Terraform",
  inputs: inputs(
    {
      stack: "plain-names",
      roster: "users.json",
      backend: { type: "hcp", organization: "example", workspace: "people" },
      pool: { name: "people", signInWith: "username", selfSignUp: true, mfa: "optional" },
      client: { name: "app" },
      destroyable: true,
    },
    {
      hanako: { email: "hanako@example.com", phone: "+819012345678", enabled: false },
      robot: { invite: "none" },
    },
  ),
};
