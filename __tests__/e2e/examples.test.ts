/** @module-tag full */

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  DescribeUserPoolDomainCommand,
  GetUserPoolMfaConfigCommand,
  InitiateAuthCommand,
  ListUsersCommand,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { loadRoster } from "../../lib/roster/load.ts";
import type { Roster } from "../../lib/roster/roster.ts";
import type { Settings } from "../../lib/stack/settings.ts";
import { AWS_PROVIDER, synthesize } from "../../lib/stack/synth/roster-stack.ts";
import { parseOutputs, readOutputs } from "../../lib/terraform/deployment.ts";
import { useProviderMirror } from "../../lib/terraform/provider-mirror.ts";
import { terraform } from "../../lib/terraform/run.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { startProvider } from "../support/one-provider.ts";
import { person } from "../support/people.ts";
import { emulatorEnvironment } from "../support/project.ts";
import { examples } from "./articles.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples", import.meta.url));

/** Everything that is applied here is on one moto: it is trusted for storing what it is given, and for a clean second plan. */
describe.skipIf(!inject("moto"))("on moto, with the real Terraform and provider", () => {
  const work = mkdtempSync(join(tmpdir(), "roster-examples-"));
  let moto: RunningEmulator;
  let provider: Awaited<ReturnType<typeof startProvider>>;
  let cognito: CognitoIdentityProviderClient;

  beforeAll(async () => {
    moto = await startMoto();
    provider = await startProvider(emulatorEnvironment(moto.endpoint));
    cognito = new CognitoIdentityProviderClient({
      endpoint: moto.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
  });
  afterAll(async () => {
    await provider?.stop();
    await moto?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  /** Applies the stack, reads it back and plans it again. */
  async function deploy(name: string, settings: Settings, roster: Roster, temporaryPasswords = {}) {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      ...emulatorEnvironment(moto.endpoint),
      ...provider?.env,
      TF_VAR_temporary_passwords: JSON.stringify(temporaryPasswords),
    };
    mkdirSync(join(work, name)); // the state lies here, beside cdktf.out
    const directory = synthesize({ settings, roster, env, outdir: join(work, name, "cdktf.out") });
    useProviderMirror(directory, AWS_PROVIDER, { env });
    const context = { binary: env.TERRAFORM_BINARY_NAME ?? "terraform", directory, env };
    await terraform(context, ["init", "-input=false"]);
    await terraform(context, ["apply", "-auto-approve", "-input=false"]);
    const { stdout: secondPlan } = await terraform(context, ["plan", "-input=false", "-no-color"]);
    const outputs = await readOutputs(context);
    return { secondPlan, outputs, live: await readBack(outputs) };
  }

  async function readBack(outputs: Readonly<Record<string, unknown>>) {
    const UserPoolId = String(outputs.user_pool_id);
    const ClientId = String(outputs.user_pool_client_id);
    const { UserPool: pool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
    const { UserPoolClient: client } = await cognito.send(
      new DescribeUserPoolClientCommand({ UserPoolId, ClientId }),
    );
    const { $metadata: _, ...mfa } = await cognito.send(new GetUserPoolMfaConfigCommand({ UserPoolId }));
    const { Users = [] } = await cognito.send(new ListUsersCommand({ UserPoolId }));
    const { DomainDescription: domain } = pool?.Domain
      ? await cognito.send(new DescribeUserPoolDomainCommand({ Domain: pool.Domain }))
      : {};
    const users: LiveUser[] = Users.map((user) => ({
      username: user.Username,
      status: user.UserStatus,
      ...Object.fromEntries((user.Attributes ?? []).map(({ Name, Value }) => [Name, Value])),
    }));
    // Terraform creates them side by side: whoever comes first is chance.
    users.sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
    return {
      pool: withFalse(pool),
      // A set: its order means nothing.
      client: { ...client, ExplicitAuthFlows: client?.ExplicitAuthFlows?.toSorted() },
      mfa,
      domain,
      users,
    };
  }

  describe.each(examples)(
    "example $directory",
    ({ directory, config, temporaryPasswords, article, differs }) => {
      let deployed: Awaited<ReturnType<typeof deploy>>;

      beforeAll(async () => {
        const roster = loadRoster(join(EXAMPLES, directory, "users.json"), config.pool);
        deployed = await deploy(directory, config, roster, temporaryPasswords);
      });

      test.each(article)("as in the article: %s", (_, path, value) => {
        expectAt(deployed.live, path, value);
      });

      test.each(differs)("on purpose not as in the article: %s", (_, path, value) => {
        expectAt(deployed.live, path, value);
      });

      test("a second plan has nothing to do", () => {
        expect(deployed.secondPlan).toContain("No changes.");
      });

      test("its config.ts fits into the repository's root with the path that its README changes", () => {
        const lines = (path: string) => readFileSync(join(EXAMPLES, path), "utf8").split("\n");
        const [own = ""] = lines(`${directory}/config.ts`);
        expect(own).toBe(lines("../__tests__/as-cloned/config.ts")[0]);
        expect(lines(`${directory}/README.md`)).toContain(
          `sed 's#\\.\\./\\.\\./lib#./lib#' examples/${directory}/config.ts > config.ts`,
        );
      });

      // The others' clients do not allow the flow, or their people get a password from Cognito.
      const byPassword = config.client?.authFlows?.includes("ALLOW_USER_PASSWORD_AUTH");
      test.each(byPassword ? Object.entries(temporaryPasswords ?? {}) : [])(
        "%s gets in with the temporary password that ops chose, as far as choosing another",
        async (username, password) => {
          const { ChallengeName } = await cognito.send(
            new InitiateAuthCommand({
              ClientId: String(deployed.outputs.user_pool_client_id),
              AuthFlow: "USER_PASSWORD_AUTH",
              AuthParameters: { USERNAME: username, PASSWORD: password },
            }),
          );
          expect(ChallengeName).toBe("NEW_PASSWORD_REQUIRED");
        },
      );
    },
  );

  test("every other setting reaches Cognito as well, texts that look like Terraform's code included", async () => {
    const message = (what: string) => ({
      emailSubject: `\${${what}} %{for}`,
      emailMessage: `<p>{username} ${what}: {####}</p>\n\${var.x} $\${y}　`.trimEnd(),
      smsMessage: `{username} ${what} {####} %{if}`,
    });
    const settings: Settings = {
      stack: "everything",
      roster: "users.json",
      pool: {
        name: "people",
        mfa: "optional",
        customAttributes: ["team"],
        invitation: message("invited"),
        verification: message("verify"),
        tags: { Team: "ops", Empty: "" },
      },
      client: {
        name: "server",
        secret: true,
        signInFlow: "admin",
        authFlows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
        refreshTokenRotation: {},
        tokenValidity: { accessToken: "5 minutes", idToken: "2 hours", refreshToken: "12 hours" },
        sessionValidityMinutes: 15,
        oauth: { callbackUrls: ["https://app.example.com/callback", "myapp://signed-in"] },
      },
    };
    const roster = { file: "users.json", people: [person("a@example.com", { attributes: { team: "ops" } })] };
    const { live, outputs, secondPlan } = await deploy("everything", settings, roster);
    expect(secondPlan).toContain("No changes.");
    const invited = message("invited");
    expect(live.pool.AdminCreateUserConfig?.InviteMessageTemplate).toEqual({
      EmailSubject: invited.emailSubject,
      EmailMessage: invited.emailMessage,
      SMSMessage: invited.smsMessage,
    });
    const verify = message("verify");
    expect(live.pool.VerificationMessageTemplate).toMatchObject({
      DefaultEmailOption: "CONFIRM_WITH_CODE",
      EmailSubject: verify.emailSubject,
      EmailMessage: verify.emailMessage,
      SmsMessage: verify.smsMessage,
    });
    expect(live.pool.UserPoolTags).toEqual({ Team: "ops", Empty: "" });
    expect(live.mfa).toEqual({
      MfaConfiguration: "OPTIONAL",
      SoftwareTokenMfaConfiguration: { Enabled: true },
    });
    expect(live.client).toMatchObject({
      ExplicitAuthFlows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
      RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: 10 },
      AccessTokenValidity: 5,
      IdTokenValidity: 2,
      RefreshTokenValidity: 12,
      TokenValidityUnits: { AccessToken: "minutes", IdToken: "hours", RefreshToken: "hours" },
      AuthSessionValidity: 15,
      AllowedOAuthFlows: ["code"],
      AllowedOAuthScopes: ["openid"],
      SupportedIdentityProviders: ["COGNITO"],
    });
    expect(live.client.CallbackURLs?.toSorted()).toEqual(settings.client?.oauth?.callbackUrls.toSorted());
    expect(parseOutputs(outputs)).toMatchObject({
      clientSecret: live.client.ClientSecret ?? "a client without a secret",
      signInFlow: "admin",
    });
  });
});

interface LiveUser {
  readonly username: string | undefined;
  readonly status: string | undefined;
  readonly email?: string;
}

/** What stands in the roster: an e-mail pool's usernames are UUIDs. */
const nameOf = ({ email, username = "" }: LiveUser) => email ?? username;

function expectAt(live: object, path: string, value: unknown): void {
  if (value === undefined) expect(live).not.toHaveProperty(path);
  else expect(live).toHaveProperty(path, value);
}

/** The provider leaves these out of its calls when they are false, as they are to Cognito then; moto stores what it gets. */
function withFalse(pool: UserPoolType | undefined) {
  const PasswordPolicy = {
    RequireLowercase: false,
    RequireUppercase: false,
    RequireNumbers: false,
    RequireSymbols: false,
    ...pool?.Policies?.PasswordPolicy,
  };
  const AdminCreateUserConfig = { AllowAdminCreateUserOnly: false, ...pool?.AdminCreateUserConfig };
  return { ...pool, Policies: { PasswordPolicy }, AdminCreateUserConfig };
}
