import type { ConfigText } from "../lib/stack/config-text.ts";
import type { Settings } from "../lib/stack/settings.ts";
import { type ProjectFile, teamFiles } from "./project.ts";

/** A whole pool to start from: examples/NAME contains it as the generator writes a new project's. */
interface Example extends Pick<ConfigText, "notes"> {
  readonly name: string;
  readonly about: string;
  readonly settings: Settings;
  readonly users: Readonly<Record<string, object>>;
}

/** config.ts and users.json of each example, by their paths from the repository's root. */
export function exampleFiles(): ProjectFile[] {
  return EXAMPLES.flatMap(({ name, about, notes = {}, settings, users }) =>
    teamFiles(settings, users, { about, notes, from: "../../lib/stack/settings.ts" }).map(
      ({ path, text }) => ({
        path: `examples/${name}/${path}`,
        text,
      }),
    ),
  );
}

const EXAMPLES: readonly Example[] = [
  {
    name: "000-predefined-users",
    about:
      "People whom ops decides on: usernames that happen to be addresses, and initial passwords that ops chooses.",
    notes: {
      "pool.signInWith": "A plain username: the address in it is an attribute of its own, in users.json too.",
    },
    settings: {
      stack: "cognito-roster",
      roster: "users.json",
      pool: {
        name: "my-first-user-pool",
        signInWith: "username",
        passwordPolicy: { minimumLength: 8, temporaryPasswordValidityDays: 30 },
      },
      client: {
        name: "my-first-user-pool-client",
        authFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        tokenValidity: { refreshToken: "30 days" },
      },
    },
    users: {
      "user1@example.com": { email: "user1@example.com" },
      "user2@example.com": { email: "user2@example.com" },
    },
  },
  {
    name: "001-totp-required",
    about:
      "Everybody needs an authenticator app, and Cognito sends nothing: ops hands the temporary password over.",
    notes: { "client.authFlows": "The password never leaves the person's machine." },
    settings: {
      stack: "cognito-roster",
      roster: "users.json",
      pool: {
        name: "create-user-pool-at-lambda",
        signInWith: "username",
        mfa: "required",
        mfaFactors: ["totp"],
        selfSignUp: true,
        passwordPolicy: { minimumLength: 8, temporaryPasswordValidityDays: 7 },
      },
      client: {
        name: "create-user-pool-at-lambda-client",
        authFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        tokenValidity: { refreshToken: "30 days" },
      },
    },
    users: { "test-user": { invite: "none" } },
  },
  {
    name: "002-email-sign-in",
    about:
      "Sign-in by e-mail address with a sign-in page's domain, and a password policy that only asks for a length.",
    notes: { "pool.domainPrefix": "Yours has to be another: it is unique in its region." },
    settings: {
      stack: "cognito-roster",
      roster: "users.json",
      pool: {
        name: "cognito-demo-pool",
        signInWith: "email",
        caseSensitive: true,
        autoVerify: ["email"],
        selfSignUp: true,
        mfa: "off",
        passwordPolicy: {
          minimumLength: 8,
          requireLowercase: false,
          requireUppercase: false,
          requireNumbers: false,
          requireSymbols: false,
          temporaryPasswordValidityDays: 7,
        },
        domainPrefix: "roster-demo-pool",
      },
      client: {
        name: "cognito-demo-pool-client",
        authFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      },
    },
    users: { "hanako@example.com": {}, "taro@example.com": {} },
  },
  {
    name: "003-hosted-sign-in",
    about:
      "A pool for development: every flow, and sign-in on Cognito's own pages that ends at an app on localhost.",
    notes: {
      "client.oauth.flows":
        'npm run synth warns about "implicit", and that the sign-in pages still need a domain (pool.domainPrefix).',
    },
    settings: {
      stack: "cognito-roster",
      roster: "users.json",
      pool: {
        name: "dev",
        signInWith: "email",
        autoVerify: ["email"],
        selfSignUp: true,
        passwordPolicy: {
          minimumLength: 8,
          requireLowercase: false,
          requireUppercase: false,
          requireNumbers: false,
          requireSymbols: false,
          temporaryPasswordValidityDays: 7,
        },
        tags: { Environment: "development" },
      },
      client: {
        name: "dev",
        authFlows: [
          "ALLOW_USER_SRP_AUTH",
          "ALLOW_REFRESH_TOKEN_AUTH",
          "ALLOW_ADMIN_USER_PASSWORD_AUTH",
          "ALLOW_CUSTOM_AUTH",
          "ALLOW_USER_PASSWORD_AUTH",
        ],
        oauth: {
          flows: ["code", "implicit"],
          scopes: ["email", "openid"],
          callbackUrls: ["http://localhost:3333"],
          logoutUrls: ["http://localhost:3333"],
        },
        identityProviders: ["COGNITO"],
      },
    },
    users: { "developer@example.com": {} },
  },
  {
    name: "company",
    about:
      "One company's pool: its staff, three apps, an API of its own, and a function that adds a claim to tokens.",
    settings: {
      stack: "cognito-roster",
      roster: "users.json",
      region: "us-east-1",
      pool: {
        name: "acme-staff",
        mfa: "required",
        recovery: "admin_only",
        passwordPolicy: { minimumLength: 14, history: 5, temporaryPasswordValidityDays: 3 },
        customAttributes: {
          employeeNumber: { type: "number", min: 1, max: 99999, immutable: true },
          startDate: { type: "date" },
          contractor: { type: "boolean" },
          costCenter: { type: "string", minLength: 4, maxLength: 8 },
        },
        domain: { prefix: "acme-staff" },
        email: {
          ses: {
            sourceArn: "arn:aws:ses:us-east-1:123456789012:identity/example.com",
            from: "Acme IT <it@example.com>",
            replyTo: "helpdesk@example.com",
          },
        },
        invitation: {
          emailSubject: "Your Acme account",
          emailMessage:
            "Sign in as {username} with {####} within three days, at https://intranet.example.com.",
        },
        triggers: {
          preTokenGeneration: {
            arn: "arn:aws:lambda:us-east-1:123456789012:function:acme-claims",
            version: "V2_0",
          },
        },
        tags: { owner: "it", data: "personal" },
      },
      resourceServers: {
        "https://api.example.com": {
          name: "orders",
          scopes: { read: "Reads orders", write: "Changes orders" },
        },
      },
      clients: {
        web: {
          name: "intranet",
          secret: true,
          oauth: {
            callbackUrls: ["https://intranet.example.com/callback"],
            logoutUrls: ["https://intranet.example.com/"],
            scopes: ["openid", "email", "https://api.example.com/read"],
          },
          tokenValidity: { refreshToken: "12 hours" },
        },
        mobile: {
          name: "mobile",
          refreshTokenRotation: { gracePeriodSeconds: 20 },
          readAttributes: ["email", "name", "costCenter"],
          writeAttributes: ["name"],
        },
        backend: {
          name: "nightly-export",
          secret: true,
          secretStore: { ssm: "/acme/nightly-export/client-secret" },
          clientCredentials: { scopes: ["https://api.example.com/read"] },
        },
      },
      groups: {
        admins: {
          description: "May do all",
          precedence: 1,
          roleArn: "arn:aws:iam::123456789012:role/acme-admin",
          privileged: true,
        },
        engineering: { precedence: 10, roleArn: "arn:aws:iam::123456789012:role/acme-engineer" },
        everybody: { description: "All of the staff", precedence: 100 },
      },
      guards: { required: ["hanako@example.com"], maxRemovals: 2, minPeople: 3 },
    },
    users: {
      "hanako@example.com": {
        attributes: { name: "Hanako", employeeNumber: "1", startDate: "2019-04-01", costCenter: "IT01" },
        groups: ["admins", "everybody"],
        owner: "it",
      },
      "taro@example.com": {
        attributes: { name: "Taro", employeeNumber: "27", startDate: "2021-10-01", costCenter: "ENG2" },
        groups: ["engineering", "everybody"],
      },
      "maria@example.com": {
        attributes: { name: "Maria", employeeNumber: "31", contractor: "true", costCenter: "ENG2" },
        groups: ["engineering"],
        note: "Contract ends in spring",
      },
      "sam@example.com": {
        attributes: { name: "Sam", employeeNumber: "44" },
        groups: ["everybody"],
        enabled: false,
      },
    },
  },
];
