import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  type CreateUserPoolCommandInput,
} from "@aws-sdk/client-cognito-identity-provider";

/** The password of everyone who has finished the first login. */
export const OLD_PASSWORD = "Since-long-ago-1!";

export interface HandmadePool {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly admin: CognitoIdentityProviderClient;
  /** How many memberships there are in all. */
  readonly memberships: number;
}

export interface HandmadePoolOptions {
  readonly endpoint: string;
  readonly people: number;
  /** Over the usual settings of a pool made by hand: protected from deletion, and most others unlike ours. */
  readonly pool?: Partial<CreateUserPoolCommandInput>;
  /** @default true: as in most pools */
  readonly byEmail?: boolean;
  /** @default ops and admins */
  readonly groups?: readonly string[];
}

const AT_ONCE = 10;

export const emailOf = (index: number) => `person${index}@example.com`;

/**
 * A pool as teams have one before they hear of this package: made with the SDK, with settings that are not ours. Of every ten
 * people the third is disabled, the fifth has never logged in, the seventh has an address that is not verified; every other
 * one has attributes, a custom one too, every third is in the first group, every fifth in the second.
 */
export async function makePoolByHand(options: HandmadePoolOptions): Promise<HandmadePool> {
  const { endpoint, people, byEmail = true, groups = ["ops", "admins"] } = options;
  const admin = new CognitoIdentityProviderClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const { UserPool } = await admin.send(
    new CreateUserPoolCommand({
      PoolName: "made in the console",
      ...(byEmail ? { UsernameAttributes: ["email"] } : {}),
      AutoVerifiedAttributes: ["email"],
      MfaConfiguration: "OFF",
      // Else the deploy would turn it on, and moto 5.2.1 forgets UsernameAttributes at every UpdateUserPool.
      DeletionProtection: "ACTIVE",
      Policies: {
        PasswordPolicy: {
          MinimumLength: 10,
          RequireLowercase: true,
          RequireUppercase: true,
          RequireNumbers: true,
          RequireSymbols: false,
          TemporaryPasswordValidityDays: 30,
        },
      },
      Schema: [
        { Name: "email", AttributeDataType: "String", Required: true, Mutable: true },
        {
          Name: "team",
          AttributeDataType: "String",
          Mutable: true,
          StringAttributeConstraints: { MinLength: "1", MaxLength: "256" },
        },
      ],
      ...options.pool,
    }),
  );
  const UserPoolId = UserPool?.Id ?? "";
  const { UserPoolClient } = await admin.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: "the web app",
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      AccessTokenValidity: 1,
      IdTokenValidity: 1,
      RefreshTokenValidity: 7,
      TokenValidityUnits: { AccessToken: "hours", IdToken: "hours", RefreshToken: "days" },
    }),
  );
  for (const GroupName of groups) {
    await admin.send(
      new CreateGroupCommand({ UserPoolId, GroupName, Description: `The ${GroupName}`, Precedence: 5 }),
    );
  }
  let memberships = 0;
  for (let first = 0; first < people; first += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, people - first) }, (_, index) => first + index);
    for (const joined of await Promise.all(some.map(createPerson))) memberships += joined;
  }

  async function createPerson(index: number): Promise<number> {
    const Username = byEmail ? emailOf(index) : `person${index}`;
    const person = { UserPoolId, Username };
    const attributes = { name: `Person ${index}`, "custom:team": "blue" };
    await admin.send(
      new AdminCreateUserCommand({
        ...person,
        MessageAction: "SUPPRESS",
        UserAttributes: [
          { Name: "email", Value: emailOf(index) },
          { Name: "email_verified", Value: String(index % 10 !== 7) },
          ...(index % 2 ? [] : Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))),
        ],
      }),
    );
    if (index % 10 !== 5)
      await admin.send(
        new AdminSetUserPasswordCommand({ ...person, Password: OLD_PASSWORD, Permanent: true }),
      );
    if (index % 10 === 3) await admin.send(new AdminDisableUserCommand(person));
    const joined = groups.filter((_, place) => index % (place === 0 ? 3 : 5) === 0);
    for (const GroupName of joined)
      await admin.send(new AdminAddUserToGroupCommand({ ...person, GroupName }));
    return joined.length;
  }
  return { userPoolId: UserPoolId, clientId: UserPoolClient?.ClientId ?? "", admin, memberships };
}
