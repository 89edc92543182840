import { ConfirmDeviceCommand, UpdateDeviceStatusCommand } from "@aws-sdk/client-cognito-identity-provider";
import { createDeviceVerifier, createSrpSession, signSrpSessionWithDevice } from "cognito-srp-helper";
import type { CognitoClient } from "../cognito/client.ts";
import { type ChallengeHandlers, cannotAnswer } from "./challenges.ts";
import { explainFailure } from "./explain-error.ts";
import type { AppClient } from "./secret-hash.ts";
import type { Tokens } from "./tokens.ts";

/*
 * A device that the user pool remembers and doesn't ask for a second factor. Here, a token file is a device.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-device-tracking.html
 */

/** The device's own secret, which proves that it is the confirmed device. */
export interface Device {
  readonly key: string;
  readonly groupKey: string;
  /** Generated here; Cognito receives only a verifier of it. */
  readonly password: string;
}

/** The device in saved tokens, if it was confirmed. */
export function deviceOf({ deviceKey: key, device }: Tokens): Device | undefined {
  return key === undefined || device === undefined ? undefined : { key, ...device };
}

/**
 * Makes a user pool that tracks devices remember this one: ConfirmDevice, with a verifier for a password generated here.
 * @param tokens of a sign-in without a remembered device; tokens of a pool that doesn't track devices are returned unchanged
 * @returns the tokens, with the device's secret
 * @throws UserError for everything the user can fix
 */
export async function rememberDevice(
  client: CognitoClient,
  person: AppClient & { readonly username: string; readonly deviceName?: string | undefined },
  tokens: Tokens,
): Promise<Tokens> {
  const { accessToken: AccessToken, deviceKey: DeviceKey, deviceGroupKey, ...rest } = tokens;
  if (DeviceKey === undefined || deviceGroupKey === undefined) return tokens;
  const { DeviceRandomPassword, DeviceSecretVerifierConfig } = createDeviceVerifier(
    DeviceKey,
    deviceGroupKey,
  );
  const DeviceName = person.deviceName ?? "cognito-roster";
  try {
    const { UserConfirmationNecessary } = await client.send(
      new ConfirmDeviceCommand({ AccessToken, DeviceKey, DeviceSecretVerifierConfig, DeviceName }),
    );
    // Where the pool asks each person: saving the tokens means they want to be remembered.
    if (UserConfirmationNecessary) {
      const DeviceRememberedStatus = "remembered";
      await client.send(new UpdateDeviceStatusCommand({ AccessToken, DeviceKey, DeviceRememberedStatus }));
    }
  } catch (error) {
    throw explainFailure(error, { ...person, command: "sign-in" });
  }
  const device = { groupKey: deviceGroupKey, password: DeviceRandomPassword };
  return { ...rest, accessToken: AccessToken, deviceKey: DeviceKey, device };
}

/** Answers Cognito's challenge to a remembered device: SRP again, with the device's own password. */
export function deviceHandlers(app: AppClient, username: string, device: Device): ChallengeHandlers {
  const { key, groupKey, password } = device;
  let session: ReturnType<typeof createSrpSession> | undefined;
  return {
    DEVICE_SRP_AUTH: {
      async answer() {
        session = createSrpSession(username, password, app.userPoolId, false);
        return { responses: { DEVICE_KEY: key, SRP_A: session.largeA } };
      },
    },
    DEVICE_PASSWORD_VERIFIER: {
      async answer(challenge) {
        if (session === undefined) throw cannotAnswer(challenge);
        const answer = { ChallengeParameters: { ...challenge.parameters, DEVICE_KEY: key } };
        const proof = signSrpSessionWithDevice(session, answer, groupKey, password);
        return {
          responses: {
            DEVICE_KEY: key,
            PASSWORD_CLAIM_SECRET_BLOCK: proof.secret,
            PASSWORD_CLAIM_SIGNATURE: proof.passwordSignature,
            TIMESTAMP: proof.timestamp,
          },
        };
      },
    },
  };
}

/** Whether Cognito no longer knows the device: it was forgotten, or the pool stopped tracking devices. */
export function isDeviceForgotten(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (/device (does not exist|is not remembered|not found)/i.test(at.message)) return true;
  }
  return false;
}
