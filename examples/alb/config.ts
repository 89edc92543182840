import type { Settings } from "../../lib/stack/settings.ts";

/** A load balancer asks for a sign-in before it forwards anybody: it keeps a secret, and comes back to an address of its own. */
export const config: Settings = {
  stack: "cognito-roster",
  roster: "users.json",
  pool: { name: "people", domainPrefix: "example-people" },
  client: {
    name: "app",
    secret: true,
    oauth: { callbackUrls: ["https://app.example.com/oauth2/idpresponse"] },
  },
};
