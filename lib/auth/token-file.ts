import { lstat, readFile } from "node:fs/promises";
import { z } from "zod";
import { EXIT, UserError } from "../errors.ts";
import { PRIVATE } from "../files.ts";
import { requireWritable, writeOutput } from "../output-file.ts";
import type { AppClient } from "./secret-hash.ts";
import type { Tokens } from "./tokens.ts";

const KIND = "cognito-roster tokens";

const SAVED = z.object({
  kind: z.literal(KIND),
  username: z.string(),
  userPoolId: z.string(),
  clientId: z.string(),
  accessToken: z.string(),
  idToken: z.string().optional(),
  refreshToken: z.string().optional(),
  deviceKey: z.string().optional(),
  device: z.object({ groupKey: z.string(), password: z.string() }).optional(),
});

/** The person whose tokens a file holds, and the app client that issued them. */
export interface TokenOwner extends AppClient {
  readonly username: string;
}

/**
 * Checks, before the sign-in, that `--save` may write there: no file yet, an empty one, or a token file.
 * @param inputs files that are never overwritten
 * @throws UserError (exit 2) for anything else
 */
export async function assertSavable(file: string, inputs: readonly string[] = []): Promise<void> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw unwritable(file, error);
  });
  if (found !== undefined && !(found.isFile() && (found.size === 0 || (await parse(file)) !== undefined))) {
    throw new UserError("The file for the tokens already exists and isn't a token file", {
      where: { file },
      why: "It would be overwritten.",
      next: ["name another file: --save FILE"],
      exitCode: EXIT.wrong,
    });
  }
  try {
    requireWritable(outputOf(file, inputs));
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** The output for a file that may be written. */
const outputOf = (file: string, inputs: readonly string[]) => ({
  file,
  isOurs: () => true,
  inputs,
  elsewhere: "name another file: --save FILE",
});

/**
 * Writes the tokens with mode 0600, all or nothing: readers see the old file or the new one.
 * @param inputs as for `assertSavable`
 * @throws UserError (exit 2) when the file may not be written; the system's error when the disk fails
 */
export async function saveTokens(
  file: string,
  owner: TokenOwner,
  tokens: Tokens,
  inputs: readonly string[] = [],
): Promise<void> {
  await assertSavable(file, inputs);
  const { username, userPoolId, clientId } = owner;
  const { accessToken, idToken, refreshToken, deviceKey, device } = tokens;
  const whose = { kind: KIND, username, userPoolId, clientId };
  const saved = { ...whose, accessToken, idToken, refreshToken, deviceKey, device };
  try {
    writeOutput(outputOf(file, inputs), `${JSON.stringify(saved, undefined, 2)}\n`, PRIVATE);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * @throws UserError (exit 2) when the file isn't a token file, or holds another person's tokens, which would act for the
 *   wrong person or go to the wrong place
 */
export async function readTokens(file: string, owner: TokenOwner): Promise<Tokens> {
  const saved = await parse(file);
  if (saved === undefined) {
    throw new UserError("The file contains no tokens", {
      where: { file },
      next: ["pass a file written with --save"],
      exitCode: EXIT.wrong,
    });
  }
  for (const field of ["username", "userPoolId", "clientId"] as const) {
    if (saved[field] === owner[field]) continue;
    throw new UserError(
      `The tokens belong to another ${FIELDS[field]}: ${saved[field]}, not ${owner[field]}`,
      {
        where: { file },
        next: ["pass the file of this person and app client, or sign in as the file's owner"],
        exitCode: EXIT.wrong,
      },
    );
  }
  const { accessToken, idToken, refreshToken, deviceKey, device } = saved;
  return { accessToken, idToken, refreshToken, deviceKey, device };
}

/** The tokens that a file already holds for this person, pool and client; undefined for any other file, or none. */
export async function savedBefore(file: string, owner: TokenOwner): Promise<Tokens | undefined> {
  return readTokens(file, owner).catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
}

const FIELDS = { username: "person", userPoolId: "user pool", clientId: "app client" } as const;

/** @returns undefined when it isn't a token file */
async function parse(file: string): Promise<z.infer<typeof SAVED> | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`The file can't be read (${(error as NodeJS.ErrnoException).code})`, {
      where: { file },
      next: ["pass a file written with --save"],
      exitCode: EXIT.wrong,
      cause: error,
    });
  }
  try {
    return SAVED.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Codes that another file name would avoid; `fileFailure` explains the rest, such as a full disk. */
const ELSEWHERE = new Set([
  "ENOENT",
  "ENOTDIR",
  "EISDIR",
  "EACCES",
  "EPERM",
  "EROFS",
  "ELOOP",
  "ENAMETOOLONG",
]);

function unwritable(file: string, error: unknown): unknown {
  if (!ELSEWHERE.has((error as NodeJS.ErrnoException).code ?? "")) return error;
  return new UserError(`The tokens can't be saved (${(error as NodeJS.ErrnoException).code})`, {
    where: { file },
    next: ["choose a file you may write: --save FILE"],
    exitCode: EXIT.wrong,
    cause: error,
  });
}
