import {
  AdminListUserAuthEventsCommand,
  type CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";

/** How many recent attempts are read: the newest may have failed. */
const EVENTS = 20;

/**
 * The day of each person's last successful sign-in, in UTC, as a pool of the PLUS tier records it (developer guide, "Viewing
 * and exporting user event history"). People without one are omitted.
 * @param usernames Cognito's own
 */
export async function lastSignIns(
  client: Pick<CognitoIdentityProviderClient, "send">,
  userPoolId: string,
  usernames: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const Username of usernames) {
    const request = new AdminListUserAuthEventsCommand({
      UserPoolId: userPoolId,
      Username,
      MaxResults: EVENTS,
    });
    const { AuthEvents = [] } = await client.send(request, { ...(signal && { abortSignal: signal }) });
    const last = AuthEvents.filter(
      ({ EventType, EventResponse }) => EventType === "SignIn" && EventResponse === "Pass",
    )
      .flatMap(({ CreationDate }) => CreationDate?.toISOString().slice(0, 10) ?? [])
      .sort()
      .at(-1);
    if (last !== undefined) found.set(Username, last);
  }
  return found;
}
