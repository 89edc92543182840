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
});

/** Whose tokens a file holds, and from which app client. */
export interface TokenOwner extends AppClient {
  readonly username: string;
}

/**
 * Makes sure, before anybody signs in, that `--save` may write there: no file yet, an empty one, or a token file.
 * @param inputs what is never written over
 * @throws UserError (exit 2) for anything else
 */
export async function assertSavable(file: string, inputs: readonly string[] = []): Promise<void> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw unwritable(file, error);
  });
  if (found !== undefined && !(found.isFile() && (found.size === 0 || (await parse(file)) !== undefined))) {
    throw new UserError("The file to save the tokens in exists, and is no token file", {
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

/** For a file that is savable. */
const outputOf = (file: string, inputs: readonly string[]) => ({
  file,
  isOurs: () => true,
  inputs,
  elsewhere: "name another file: --save FILE",
});

/**
 * Writes the tokens so that only their owner's account can read them (mode 0600), all or nothing: readers see the old file
 * or the new one.
 * @param inputs as for `assertSavable`
 * @throws UserError (exit 2) when the file is not savable; the system's error for a disk that does not do what it should
 */
export async function saveTokens(
  file: string,
  owner: TokenOwner,
  tokens: Tokens,
  inputs: readonly string[] = [],
): Promise<void> {
  await assertSavable(file, inputs);
  const { username, userPoolId, clientId } = owner;
  const { accessToken, idToken, refreshToken, deviceKey } = tokens;
  const saved = { kind: KIND, username, userPoolId, clientId, accessToken, idToken, refreshToken, deviceKey };
  try {
    writeOutput(outputOf(file, inputs), `${JSON.stringify(saved, undefined, 2)}\n`, PRIVATE);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * @throws UserError (exit 2) when the file is none of ours, or holds somebody else's tokens: they would act for the wrong
 * person, or go to the wrong place
 */
export async function readTokens(file: string, owner: TokenOwner): Promise<Tokens> {
  const saved = await parse(file);
  if (saved === undefined) {
    throw new UserError("The file holds no tokens", {
      where: { file },
      next: ["name one that was written with --save"],
      exitCode: EXIT.wrong,
    });
  }
  for (const field of ["username", "userPoolId", "clientId"] as const) {
    if (saved[field] === owner[field]) continue;
    throw new UserError(
      `The tokens belong to another ${FIELDS[field]}: ${saved[field]}, not ${owner[field]}`,
      {
        where: { file },
        next: ["name the file of this person and app client, or the person and app client of this file"],
        exitCode: EXIT.wrong,
      },
    );
  }
  const { accessToken, idToken, refreshToken, deviceKey } = saved;
  return { accessToken, idToken, refreshToken, deviceKey };
}

const FIELDS = { username: "person", userPoolId: "user pool", clientId: "app client" } as const;

/** @returns undefined when it is no token file */
async function parse(file: string): Promise<z.infer<typeof SAVED> | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`The file cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      where: { file },
      next: ["name one that was written with --save"],
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

/** With these codes another file helps; of the rest, such as a full disk, `fileFailure` has the words. */
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
  return new UserError(`The tokens cannot be saved (${(error as NodeJS.ErrnoException).code})`, {
    where: { file },
    next: ["name a file in a directory of yours: --save FILE"],
    exitCode: EXIT.wrong,
    cause: error,
  });
}
