import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from "node:crypto";

/*
 * The server's half of SRP-6a, written from its publication and independent of the client's library:
 * https://datatracker.ietf.org/doc/html/rfc5054#section-2.5, and for what Cognito adds, the description in AWS's own
 * client (amazon-cognito-identity-js, AuthenticationHelper.js): the group, the two's-complement bytes, the HKDF.
 */

export interface SrpGroup {
  readonly N: bigint;
  readonly g: bigint;
  readonly hash: "sha1" | "sha256";
  /** How a number is written where it is hashed. */
  readonly bytes: (value: bigint) => Buffer;
}

const hexBytes = (hex: string) => Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
const number = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex") || "0"}`);

/** As Java's BigInteger.toByteArray: a leading zero byte keeps the number positive. */
function twosComplement(value: bigint): Buffer {
  const bytes = hexBytes(value.toString(16));
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

/** The 3072-bit group of RFC 3526 and RFC 5054 (from OpenSSL's copy), with Cognito's generator. */
export const COGNITO: SrpGroup = {
  N: number(getDiffieHellman("modp15").getPrime()),
  g: 2n,
  hash: "sha256",
  bytes: twosComplement,
};

export function power(base: bigint, exponent: bigint, { N }: SrpGroup): bigint {
  let result = 1n;
  for (let square = base % N; exponent > 0n; exponent >>= 1n, square = (square * square) % N) {
    if (exponent & 1n) result = (result * square) % N;
  }
  return result;
}

export const digest = ({ hash }: SrpGroup, ...parts: readonly (Buffer | string)[]): Buffer =>
  parts.reduce((sum, part) => sum.update(part), createHash(hash)).digest();

/** k = H(N, PAD(g)) */
export const multiplier = (group: SrpGroup) =>
  number(digest(group, group.bytes(group.N), group.bytes(group.g)));

/** v = g^x, all that a server keeps of a password. */
export const verifier = (group: SrpGroup, salt: Buffer, identity: Buffer) =>
  power(group.g, number(digest(group, salt, identity)), group);

/** B = kv + g^b */
export const publicKey = (group: SrpGroup, v: bigint, b: bigint) =>
  (multiplier(group) * v + power(group.g, b, group)) % group.N;

/** u = H(PAD(A), PAD(B)) */
export const scrambler = (group: SrpGroup, A: bigint, B: bigint) =>
  number(digest(group, group.bytes(A), group.bytes(B)));

/** S = (A * v^u)^b */
export const premaster = (group: SrpGroup, A: bigint, v: bigint, u: bigint, b: bigint) =>
  power((A * power(v, u, group)) % group.N, b, group);

/** What Cognito makes of S: 16 bytes that sign the claim. */
const claimKey = (S: bigint, u: bigint) =>
  Buffer.from(hkdfSync("sha256", twosComplement(S), twosComplement(u), "Caldera Derived Key", 16));

export interface Claim {
  readonly poolName: string;
  readonly userId: string;
  readonly secretBlock: string;
  readonly timestamp: string;
}

export const signature = (key: Buffer, { poolName, userId, secretBlock, timestamp }: Claim): string =>
  createHmac("sha256", key)
    .update(poolName)
    .update(userId)
    .update(Buffer.from(secretBlock, "base64"))
    .update(timestamp)
    .digest("base64");

export interface SrpPerson {
  readonly poolName: string;
  /** Goes into the proof: Cognito's USER_ID_FOR_SRP. */
  readonly userId: string;
  readonly password: string;
}

/** What a client registered itself, as a remembered device does: then the server never saw the password. */
export interface Registered {
  readonly salt: Buffer;
  readonly verifier: Buffer;
}

/**
 * One SRP conversation: what the server says, and how it judges the claim.
 * @param registered in the place of a salt of its own and a verifier of the password
 */
export function srpServer({ poolName, userId, password }: SrpPerson, srpA: string, registered?: Registered) {
  const salt = registered?.salt ?? randomBytes(16);
  const secretBlock = randomBytes(64).toString("base64");
  const b = number(randomBytes(128));
  const A = BigInt(`0x${srpA}`);
  if (A % COGNITO.N === 0n) throw new Error("A is 0 modulo N: anybody could sign");
  const identity = digest(COGNITO, `${poolName}${userId}:${password}`);
  const v = registered
    ? number(registered.verifier)
    : verifier(COGNITO, twosComplement(number(salt)), identity);
  const B = publicKey(COGNITO, v, b);
  return {
    parameters: {
      SALT: number(salt).toString(16),
      SRP_B: B.toString(16),
      SECRET_BLOCK: secretBlock,
      USER_ID_FOR_SRP: userId,
    },
    /** Did whoever signed this know the password? */
    accepts(claim: string | undefined, timestamp: string): boolean {
      const u = scrambler(COGNITO, A, B);
      const key = claimKey(premaster(COGNITO, A, v, u, b), u);
      return claim === signature(key, { poolName, userId, secretBlock, timestamp });
    },
  };
}
