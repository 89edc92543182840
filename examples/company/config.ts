import type { Settings } from "../../lib/stack/settings.ts";

/** One company's pool: its staff, three apps, an API of its own, and a function that adds a claim to tokens. */
export const config: Settings = {
  stack: "cognito-roster",
  roster: "users.json",
  region: "us-east-1",
  pool: {
    name: "acme-staff",
    mfa: "required",
    recovery: "admin_only",
    passwordPolicy: { minimumLength: 14, history: 5, temporaryPasswordValidityDays: 3 },
    customAttributes: {
      employeeNumber: { type: "number", min: 1, max: 99_999, immutable: true },
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
      emailMessage: "Sign in as {username} with {####} within three days, at https://intranet.example.com.",
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
    "https://api.example.com": { name: "orders", scopes: { read: "Reads orders", write: "Changes orders" } },
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
};
