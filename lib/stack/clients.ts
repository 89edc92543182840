import type { ClientSettings, Settings } from "./settings.ts";

/** The settings that declare app clients. */
export type ClientsSettings = Pick<Settings, "client" | "clients">;

/** One app client of config.ts. */
export interface DeclaredClient {
  /** Its name in `clients`; undefined for the one that is `client`. */
  readonly key?: string;
  /** Its place in config.ts: `client`, or `clients.web`. */
  readonly section: string;
  /** The name of its block in Terraform's state. */
  readonly block: string;
  readonly settings: ClientSettings;
}

/** A name in `clients`: part of Terraform's addresses and of the commands' `--client NAME`. */
export const CLIENT_KEY = /^[a-z][a-z0-9_]{0,31}$/;

const BLOCK = "client";

/** The app clients, in the order of config.ts; empty for settings with neither `client` nor `clients`. */
export function clientsOf({ client, clients }: ClientsSettings): DeclaredClient[] {
  if (clients === undefined) {
    return client === undefined ? [] : [{ section: "client", block: BLOCK, settings: client }];
  }
  return Object.entries(clients).map(([key, settings]) => ({
    key,
    section: `clients.${key}`,
    block: `${BLOCK}_${key}`,
    settings,
  }));
}

/** Whether people can sign in through it: a client of the client_credentials grant is for a machine. */
export const signsPeopleIn = ({ clientCredentials }: ClientSettings): boolean =>
  clientCredentials === undefined;

/**
 * The app client that commands use without `--client`, and that the outputs name: the first that people sign in through, else
 * the first.
 * @throws Error for settings without any, which `check` refuses
 */
export function defaultClient(settings: ClientsSettings): DeclaredClient {
  const declared = clientsOf(settings);
  const found = declared.find((one) => signsPeopleIn(one.settings)) ?? declared[0];
  if (found === undefined) throw new Error("config.ts has no app client");
  return found;
}

/** The lists of attributes that an app may read and write. */
const ATTRIBUTE_LISTS = ["readAttributes", "writeAttributes"] as const;
export type AttributeList = (typeof ATTRIBUTE_LISTS)[number];

/**
 * Which of the two lists are set, in the form that a deploy records: `client` for both, else `client.readAttributes`; nothing
 * for neither.
 */
export function attributesSaidBy({ section, settings }: DeclaredClient): string[] {
  const said = ATTRIBUTE_LISTS.filter((list) => settings[list] !== undefined);
  return said.length === ATTRIBUTE_LISTS.length ? [section] : said.map((list) => `${section}.${list}`);
}

/**
 * The lists that an earlier deploy set for a client.
 * @param said what `attributesSaidBy` returned then
 * @param block the client's name in the state, which may come from another place in config.ts. @default its name now
 */
export function attributesSaidBefore(
  said: readonly string[],
  { section }: DeclaredClient,
  block?: string,
): AttributeList[] {
  const key = block === undefined ? null : clientKeyAt(`aws_cognito_user_pool_client.${block}`);
  const then = key === null ? section : key === undefined ? "client" : `clients.${key}`;
  return ATTRIBUTE_LISTS.filter((list) => said.includes(then) || said.includes(`${then}.${list}`));
}

/** The key of an app client, from its address in Terraform; undefined for the only one, null for anything else. */
export function clientKeyAt(address: string): string | undefined | null {
  const found = /^aws_cognito_user_pool_client\.client(?:_([a-z][a-z0-9_]*))?$/.exec(address);
  return found === null ? null : found[1];
}
