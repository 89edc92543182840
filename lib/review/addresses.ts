import { blockKind } from "../stack/shards.ts";

/** Where a resource stands, as plans, states and events name it. */
export interface Place {
  readonly type: string;
  readonly name: string;
  readonly key: string | number | null;
}

export interface PersonPlace {
  readonly username: string;
  readonly leaving: boolean;
}

/** Whose account a resource is, in whichever block of `lib/stack/shards.ts`. */
export function personAt({ type, name, key }: Place): PersonPlace | undefined {
  if (type !== "aws_cognito_user" || typeof key !== "string") return undefined;
  const kind = blockKind(name);
  if (kind !== "users" && kind !== "leaving") return undefined;
  return { username: key, leaving: kind === "leaving" };
}

/** What stands at an address, for people to read: a person's name, or who goes in or out of which group. */
export function calledAt(address: string): string {
  const place = parseAddress(address);
  if (place?.type === "aws_cognito_user_in_group" && typeof place.key === "string") return place.key;
  return (place && personAt(place)?.username) ?? address;
}

/** Reads an address such as `aws_cognito_user.users["hanako@example.com"]`; undefined for one inside a module. */
export function parseAddress(address: string): Place | undefined {
  const match = /^([a-z0-9_]+)\.([\w-]+)(?:\[(.+)\])?$/s.exec(address);
  if (match === null) return undefined;
  const [, type = "", name = "", index] = match;
  return { type, name, key: index === undefined ? null : unquoted(index) };
}

/** Terraform quotes keys as HCL does: JSON's escapes, and doubled `$${` and `%%{`. */
function unquoted(index: string): string | number {
  if (!index.startsWith('"')) return Number(index);
  const text = index.slice(1, -1).replaceAll("$${", "${").replaceAll("%%{", "%{");
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
