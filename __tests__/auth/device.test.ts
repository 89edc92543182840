import { describe, expect, test } from "vitest";
import type { Answers } from "../../lib/auth/answers.ts";
import { deviceOf, rememberDevice } from "../../lib/auth/device.ts";
import { signIn } from "../../lib/auth/sign-in.ts";
import type { CognitoClient } from "../../lib/cognito/client.ts";
import { type Registered, srpServer } from "../support/srp-server.ts";
import { failing } from "./answering.ts";
import { cognitoException, recordedCognito, type SentCommand, tokens } from "./recorded-cognito.ts";

const KEY = "us-east-1_0a1b2c3d";
const GROUP = "-dEvIcEgRoUp";
const PERSON = { userPoolId: "us-east-1_AbCdEf", clientId: "client", username: "hanako@example.com" };
const OWN = "5a1b0c3e-sub";

/**
 * A pool that remembers devices, in whose place no second factor is asked for. Its half of SRP is independent of the client's
 * library: it knows what ConfirmDevice registered, and no password.
 */
function poolWithDevices({ asksPeople = false } = {}) {
  const sent: SentCommand[] = [];
  let registered: Registered | undefined;
  let forgotten = false;
  let server: ReturnType<typeof srpServer> | undefined;
  const finished = (more: object = {}) => ({
    AuthenticationResult: { AccessToken: "access", IdToken: "id", RefreshToken: "refresh", ...more },
  });
  const newDevice = { NewDeviceMetadata: { DeviceKey: KEY, DeviceGroupKey: GROUP } };

  const answer = (operation: string, input: Record<string, unknown>) => {
    const given = (input.ChallengeResponses ?? input.AuthParameters ?? {}) as Record<string, string>;
    switch (operation === "RespondToAuthChallenge" ? input.ChallengeName : operation) {
      case "InitiateAuth":
        if (given.DEVICE_KEY !== undefined && (forgotten || given.DEVICE_KEY !== KEY))
          throw cognitoException("ResourceNotFoundException", "Device does not exist.");
        return {
          ChallengeName: given.DEVICE_KEY === undefined ? "SOFTWARE_TOKEN_MFA" : "DEVICE_SRP_AUTH",
          Session: "s1",
          ChallengeParameters: { USERNAME: OWN },
        };
      case "SOFTWARE_TOKEN_MFA":
        return finished(newDevice);
      case "ConfirmDevice": {
        const config = input.DeviceSecretVerifierConfig as { PasswordVerifier: string; Salt: string };
        registered = {
          salt: Buffer.from(config.Salt, "base64"),
          verifier: Buffer.from(config.PasswordVerifier, "base64"),
        };
        return { UserConfirmationNecessary: asksPeople };
      }
      case "UpdateDeviceStatus":
        return {};
      case "DEVICE_SRP_AUTH": {
        expect(given).toMatchObject({ USERNAME: OWN, DEVICE_KEY: KEY });
        const device = { poolName: GROUP, userId: KEY, password: "the server never saw it" };
        server = srpServer(device, given.SRP_A ?? "0", registered);
        const { USER_ID_FOR_SRP: _, ...parameters } = server.parameters;
        return {
          ChallengeName: "DEVICE_PASSWORD_VERIFIER",
          Session: "s2",
          ChallengeParameters: { ...parameters, DEVICE_KEY: KEY, USERNAME: OWN },
        };
      }
      case "DEVICE_PASSWORD_VERIFIER":
        expect(given.USERNAME).toBe(OWN);
        if (!server?.accepts(given.PASSWORD_CLAIM_SIGNATURE, given.TIMESTAMP ?? ""))
          throw cognitoException("NotAuthorizedException", "Incorrect username or password.");
        return finished();
      default:
        throw new Error(`${operation} ${input.ChallengeName}`);
    }
  };
  const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
    const operation = command.constructor.name.replace(/Command$/, "");
    sent.push({ operation, input: command.input });
    return answer(operation, command.input);
  };
  return {
    client: { send } as unknown as CognitoClient,
    sent,
    forget: () => {
      forgotten = true;
    },
  };
}

let codes = 0;
const answers: Answers = {
  newPassword: async () => "",
  attribute: async () => "",
  async code() {
    codes += 1;
    return "123456";
  },
};
const sign = (client: CognitoClient, more: object = {}) =>
  signIn(client, { ...PERSON, answers, flow: "password", password: "p", ...more });

describe("a device that the user pool remembers", () => {
  test("is confirmed once, and proves itself afterwards in the place of the second factor", async () => {
    const { client, sent } = poolWithDevices();
    codes = 0;
    const first = await rememberDevice(client, PERSON, (await sign(client)).tokens);
    expect(codes).toBe(1);
    const device = deviceOf(first);
    expect(device).toEqual({ key: KEY, groupKey: GROUP, password: expect.stringMatching(/^.{40,}$/) });
    expect(first).not.toHaveProperty("deviceGroupKey");
    expect(JSON.stringify(sent)).not.toContain(device?.password);

    const { tokens: again } = await sign(client, { device });
    expect(codes).toBe(1);
    expect(deviceOf(again)).toEqual(device);
    expect(sent.at(-1)?.input.ChallengeName).toBe("DEVICE_PASSWORD_VERIFIER");
  });

  test("with another device's password is refused by the proof alone", async () => {
    const { client } = poolWithDevices();
    const remembered = deviceOf(await rememberDevice(client, PERSON, (await sign(client)).tokens));
    const device = { ...remembered, password: "another" };
    expect(await failing(sign(client, { device }))).toContain("refused the username or the password");
  });

  test("is marked as remembered where the pool leaves that to people", async () => {
    const { client, sent } = poolWithDevices({ asksPeople: true });
    await rememberDevice(client, PERSON, (await sign(client)).tokens);
    expect(sent.at(-1)).toEqual({
      operation: "UpdateDeviceStatus",
      input: { AccessToken: "access", DeviceKey: KEY, DeviceRememberedStatus: "remembered" },
    });
  });

  test("that was forgotten is no obstacle: the second factor is asked for again", async () => {
    const { client, forget } = poolWithDevices();
    const device = deviceOf(await rememberDevice(client, PERSON, (await sign(client)).tokens));
    forget();
    codes = 0;
    const { tokens: signedIn } = await sign(client, { device });
    expect(codes).toBe(1);
    expect(signedIn.deviceGroupKey).toBe(GROUP);
  });

  test("in a pool that tracks none nothing is confirmed", async () => {
    const { client, sent } = recordedCognito(tokens);
    const { tokens: signedIn } = await sign(client);
    expect(await rememberDevice(client, PERSON, signedIn)).toBe(signedIn);
    expect(sent).toHaveLength(1);
  });
});
