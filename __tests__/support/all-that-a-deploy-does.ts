/** What config.ts says before. */
export const POOL = 'pool: { name: "people" }';
export const CLIENT = 'client: { name: "app" }';
const FLOWS =
  'authFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]';
const pool = (more: string) => `pool: { name: "people", signInWith: "username", ${more} }`;
const client = (more: string) => `client: { name: "app", ${FLOWS}, ${more} }`;

const beside = (scopes: string, metadata: string) => `,
  resourceServers: { jobs: { scopes: { ${scopes} } } },
  identityProviders: {
    CorpAD: { type: "SAML", metadataUrl: "https://corp.example.com/${metadata}", attributeMapping: { email: "mail" } },
  }`;

/** config.ts and the roster, three deploys one after the other: between them, all that a deploy can be told to do. */
export const FIRST = {
  pool: pool('domainPrefix: "people-here", tags: { team: "ops", stage: "test" }'),
  client: `${client("")}${beside('read: "Reads"', "md.xml")}`,
  people: {
    hanako: {
      email: "hanako@example.com",
      attributes: { name: "Hanako", nickname: "H" },
      groups: ["ops", "dev"],
    },
    taro: { email: "taro@example.com", groups: ["ops"] },
    jiro: { email: "jiro@example.com" },
    robot: { invite: "none" },
  },
};
export const SECOND = {
  pool: pool(
    'domain: { prefix: "people-here", managedLogin: 2 }, tags: { team: "web" }, mfa: "optional", customAttributes: ["desk"]',
  ),
  client: `${client("secret: true")},\n  groups: { ops: { description: "On call", precedence: 1 } }${beside('read: "Reads", write: "Writes"', "new.xml")}`,
  people: {
    hanako: { email: "hanako@example.com", attributes: { name: "Hanako Y." }, groups: ["ops"] },
    taro: { email: "taro@example.com", leaving: true },
    jiro: { email: "jiro@example.com", enabled: false },
    robot: { invite: "none" },
  },
};
export const THIRD = {
  // Last, since moto 5.2.1 forgets at UpdateUserPool what of a pool is fixed.
  pool: pool(
    'tags: { team: "web" }, mfa: "optional", customAttributes: ["desk"], passwordPolicy: { minimumLength: 14 }',
  ),
  client: client('secret: true, tokenValidity: { accessToken: "30 minutes" }'),
  people: {
    hanako: SECOND.people.hanako,
    jiro: { email: "jiro@example.com" },
    robot: { invite: "none" },
    // Made by hand meanwhile: to be adopted.
    sachiko: { email: "sachiko@example.com", groups: ["web"] },
  },
};
