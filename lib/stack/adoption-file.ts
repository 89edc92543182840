import { readFileSync } from "node:fs";
import { z } from "zod";
import { UserError } from "../errors.ts";
import type { Adoption } from "./adoption.ts";

/** Beside `users.json`; `npm run import-users -- --write` writes it. */
export const ADOPTION_FILE = "adopt.json";

const SHAPE = z.strictObject({
  userPoolId: z.string().min(1),
  clientId: z.string().min(1).exactOptional(),
  domain: z.string().min(1).exactOptional(),
  people: z.array(z.string()),
  groups: z.array(z.string()),
});

/**
 * What the next deploy adopts. The file may stay after it, or be deleted.
 * @returns undefined where there is no such file
 * @throws UserError (exit 2) for one that can't be read: without it everyone would be created again
 */
export function readAdoption(file: string): Adoption | undefined {
  try {
    return SHAPE.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError(`${file} can't be read as what import-users wrote`, {
      why: "It names the people who exist already. Without it the deploy would try to create them again.",
      next: ["write it again: npm run import-users -- --user-pool-id ID --write", "or take it back from git"],
      exitCode: 2,
      cause: error,
    });
  }
}

/** The file's text, a name a line, so that a reviewer sees who. */
export function adoptionText(adoption: Adoption): string {
  return `${JSON.stringify(adoption, null, 2)}\n`;
}

/**
 * What was found missing from the state just now, with what the file says about the rest of the same pool.
 * @param written the file's adoption
 * @param found by looking at the pool: newer than the file, so that its people count
 */
export function mergedAdoption(
  written: Adoption | undefined,
  found: Adoption | undefined,
): Adoption | undefined {
  if (found === undefined || written?.userPoolId !== found.userPoolId) return found ?? written;
  return { ...written, ...found };
}
