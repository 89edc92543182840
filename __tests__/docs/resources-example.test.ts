import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { config } from "../../examples/alb/config.ts";
import own from "../../examples/alb/resources.ts";
import { checkSettings } from "../../lib/stack/rules/check.ts";
import { synthesize } from "../../lib/stack/synth/roster-stack.ts";
import { person } from "../support/people.ts";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "alb-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A file of docs/settings.md, which its first line names. */
const shown = (name: string) =>
  readFileSync("docs/settings.md", "utf8").split(`\`\`\`ts\n// ${name}\n`)[1]?.split("\n```")[0];

/** A file of examples/alb as it stands beside a config.ts, without what it says of itself. */
const copied = (name: string) =>
  readFileSync(`examples/alb/${name}`, "utf8")
    .replace(/^\/\*\*.*\*\/\n/m, "")
    .replaceAll("../../lib", "./lib")
    .trimEnd();

test.each(["config.ts", "resources.ts"])("docs/settings.md shows the %s of examples/alb", (name) => {
  expect(shown(name)).toBe(copied(name));
});

test("the load balancer of examples/alb lets in people of the pool, by its app client and its domain", () => {
  expect(checkSettings(config)).toEqual([]);
  const stack = synthesize({
    settings: config,
    roster: { file: "users.json", people: [person("a@example.com")] },
    own,
    env: {},
    outdir: join(directory, "cdktf.out"),
  });
  const { resource } = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8"));
  expect(resource.aws_lb_listener_rule["people-only"]).toMatchObject({
    action: [
      {
        type: "authenticate-cognito",
        authenticate_cognito: {
          user_pool_arn: "${aws_cognito_user_pool.pool.arn}",
          user_pool_client_id: "${aws_cognito_user_pool_client.client.id}",
          user_pool_domain: "${aws_cognito_user_pool_domain.domain.domain}",
        },
      },
      { type: "forward" },
    ],
  });
  expect(resource.aws_cognito_user_pool_client.client).toMatchObject({
    generate_secret: true,
    callback_urls: ["https://app.example.com/oauth2/idpresponse"],
  });
});
