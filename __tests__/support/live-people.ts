import {
  type AttributeType,
  CognitoIdentityProviderClient,
  paginateListUsers,
} from "@aws-sdk/client-cognito-identity-provider";

/** One person as the pool has them. */
export interface LivePerson {
  readonly email: string;
  readonly sub: string;
  readonly status: string;
  readonly enabled: boolean;
}

/** A client with the dummy credentials of an emulator. */
export function emulatorClient(endpoint: string): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
}

/** Everyone in a pool, in the order of their e-mail addresses, all pages: a doubled person is there twice. */
export async function livePeople(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
): Promise<LivePerson[]> {
  const people: LivePerson[] = [];
  for await (const { Users = [] } of paginateListUsers({ client }, { UserPoolId: userPoolId })) {
    for (const user of Users) {
      const attribute = (name: string) =>
        user.Attributes?.find((one: AttributeType) => one.Name === name)?.Value ?? "";
      people.push({
        email: attribute("email"),
        sub: attribute("sub"),
        status: user.UserStatus ?? "",
        enabled: user.Enabled ?? false,
      });
    }
  }
  return people.sort((a, b) => (a.email < b.email ? -1 : 1));
}
