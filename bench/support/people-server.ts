import { buffer } from "node:stream/consumers";
import { forward } from "../../__tests__/support/faulty-proxy.ts";
import { listenOnLoopback } from "../../__tests__/support/loopback.ts";
import { instancesOf } from "../../lib/terraform/state.ts";

const PAGE = 60;

interface Account {
  readonly sub: string;
  readonly username: string;
  readonly attributes: Record<string, string>;
  readonly groups: Set<string>;
}

type Input = Readonly<Record<string, unknown>> & {
  readonly Username?: string;
  readonly GroupName?: string;
  readonly PaginationToken?: string;
  readonly NextToken?: string;
  readonly UserAttributes?: readonly { readonly Name: string; readonly Value?: string }[];
  readonly UserAttributeNames?: readonly string[];
};

export interface PeopleServer {
  readonly endpoint: string;
  /** How many calls there were since the last `load`. */
  readonly calls: () => number;
  /** Has whom a state has from now on, and nobody else. */
  readonly load: (state: string) => void;
  readonly stop: () => Promise<void>;
}

/**
 * People and groups of one pool, from memory, in front of an emulator that has the pool, its client and everything else: moto takes
 * minutes to be filled with 10,000 people, and each change of one of them takes it longer, the more there are.
 */
export async function startPeopleServer(emulator: string): Promise<PeopleServer> {
  let people = new Map<string, Account>();
  let groups = new Set<string>();
  let calls = 0;
  const found = ({ Username = "" }: Input) => people.get(Username);
  const page = (all: readonly Account[], { PaginationToken, NextToken }: Input) => {
    const from = Number(PaginationToken ?? NextToken ?? 0);
    const next = from + PAGE < all.length ? String(from + PAGE) : undefined;
    return { Users: all.slice(from, from + PAGE).map(shown), PaginationToken: next, NextToken: next };
  };
  const set = (account: Account | undefined, { UserAttributes = [] }: Input) => {
    for (const { Name, Value = "" } of UserAttributes) if (account) account.attributes[Name] = Value;
  };
  const answers: Readonly<Record<string, (input: Input) => object | undefined>> = {
    ListUsers: (input) => page([...people.values()], input),
    ListGroups: () => ({ Groups: [...groups].map((GroupName) => ({ GroupName })) }),
    ListUsersInGroup: (input) =>
      page(
        [...people.values()].filter((one) => one.groups.has(input.GroupName ?? "")),
        input,
      ),
    GetGroup: ({ GroupName = "", UserPoolId }) =>
      groups.has(GroupName) ? { Group: { GroupName, UserPoolId } } : undefined,
    CreateGroup: ({ GroupName = "", UserPoolId }) => {
      groups.add(GroupName);
      return { Group: { GroupName, UserPoolId } };
    },
    AdminCreateUser: (input) => {
      const username = input.Username ?? "";
      const account = { sub: subOf(username), username, attributes: {}, groups: new Set<string>() };
      set(account, input);
      people.set(username, account);
      return { User: shown(account) };
    },
    AdminGetUser: (input) => {
      const account = found(input);
      if (account === undefined) return undefined;
      const { Attributes, ...rest } = shown(account);
      return { ...rest, UserAttributes: Attributes };
    },
    AdminUpdateUserAttributes: (input) => {
      set(found(input), input);
      return {};
    },
    AdminDeleteUserAttributes: (input) => {
      for (const name of input.UserAttributeNames ?? []) delete found(input)?.attributes[name];
      return {};
    },
    AdminAddUserToGroup: (input) => {
      found(input)?.groups.add(input.GroupName ?? "");
      return {};
    },
    AdminListGroupsForUser: (input) => ({
      Groups: [...(found(input)?.groups ?? [])].map((GroupName) => ({ GroupName })),
    }),
  };
  const server = await listenOnLoopback(async (incoming, response) => {
    calls += 1;
    const body = await buffer(incoming);
    const target = String(incoming.headers["x-amz-target"] ?? "");
    const operation = target.startsWith("AWSCognitoIdentityProviderService.")
      ? target.split(".")[1]
      : undefined;
    const answer = answers[operation ?? ""];
    if (answer === undefined) {
      const theirs = await forward(emulator, incoming, body);
      response.writeHead(theirs.statusCode ?? 502, theirs.headers).end(await buffer(theirs));
      return;
    }
    const given = answer(JSON.parse(body.toString()) as Input);
    const missing = { __type: "UserNotFoundException", message: "User does not exist." };
    response
      .writeHead(given === undefined ? 400 : 200, { "content-type": "application/x-amz-json-1.1" })
      .end(JSON.stringify(given ?? missing));
  });
  return {
    endpoint: server.endpoint,
    calls: () => calls,
    load: (state) => {
      calls = 0;
      people = new Map();
      groups = new Set();
      for (const { type, attributes } of instancesOf(state)) {
        if (type === "aws_cognito_user_group") groups.add(String(attributes.name));
        if (type !== "aws_cognito_user") continue;
        const username = String(attributes.username);
        const { sub: _, ...told } = attributes.attributes as Record<string, string>;
        people.set(username, { sub: String(attributes.sub), username, attributes: told, groups: new Set() });
      }
      for (const { type, attributes } of instancesOf(state))
        if (type === "aws_cognito_user_in_group")
          people.get(String(attributes.username))?.groups.add(String(attributes.group_name));
    },
    stop: server.stop,
  };
}

/** Of somebody in a state that nobody applied, or created here. */
export const subOf = (username: string) => `sub-of-${username}`;

function shown({ sub, username, attributes }: Account) {
  return {
    Username: username,
    Enabled: true,
    UserStatus: "CONFIRMED",
    UserCreateDate: 1_700_000_000,
    UserLastModifiedDate: 1_700_000_000,
    Attributes: Object.entries({ sub, ...attributes }).map(([Name, Value]) => ({ Name, Value })),
  };
}
