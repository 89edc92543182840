import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { EXIT, type Location, UserError } from "../../errors.ts";
import { rosterFiles } from "../../roster/files.ts";
import { readRosterFiles } from "../../roster/load.ts";
import type { RosterRules } from "../../roster/roster.ts";
import type { Settings } from "../../stack/settings.ts";
import { replaceAll } from "../import/import.ts";
import type { RosterFile, SheetChanges } from "./changes.ts";

export interface RosterFilesOptions {
  /** The repository's root. */
  readonly root: string;
  readonly settings: Pick<Settings, "roster">;
  readonly rules: RosterRules;
  /** The file for new people, by its name from the root; it may not exist yet. */
  readonly into?: string | undefined;
  /** A path's name in problems. */
  readonly display: (path: string) => string;
  /** The place of `roster` in config.ts. */
  readonly setting: Location;
}

/**
 * Reads the roster to compare a spreadsheet with. A file that doesn't exist yet has no people.
 * @throws RosterError (exit 2) if it already has problems: fix them first
 */
export function readForSpreadsheet(options: RosterFilesOptions): RosterFile[] {
  const { root, settings, rules, into, display, setting } = options;
  const named = rosterFiles(root, settings.roster).names;
  const there = named.filter((name) => existsSync(resolve(root, name)));
  const fresh = [...new Set([...named, ...(into === undefined ? [] : [into])])].filter(
    (name) => !there.includes(name),
  );
  const begun = fresh.map((name) => ({
    name,
    file: display(resolve(root, name)),
    text: beginning(name),
    people: [],
  }));
  if (there.length === 0 && begun.length > 0) return begun;
  // A missing file would cause the existing ones to be refused.
  const read = readRosterFiles({
    root,
    roster: begun.length > 0 ? there : settings.roster,
    rules,
    display,
    setting,
  });
  const { files, people } = read.roster;
  return [
    ...read.texts.map((text) => ({
      ...text,
      people: files?.find(({ name }) => name === text.name)?.people ?? people,
    })),
    ...begun,
  ];
}

function beginning(name: string): string {
  const up = name.split("/").length > 1 ? "../".repeat(name.split("/").length - 1) : "./";
  return `{\n  "$schema": "${up}users.schema.json",\n  "users": {}\n}\n`;
}

/**
 * Writes the changed files: all of them or, if one can't be written, none.
 * @param files as they were when the changes were made
 * @returns the files' paths
 * @throws UserError (exit 1) if one has changed meanwhile; the system's error
 */
export function writeChanges(
  { texts }: Pick<SheetChanges, "texts">,
  files: readonly RosterFile[],
  root: string,
): string[] {
  for (const { name, file } of texts) {
    const path = resolve(root, name);
    const before = files.find((one) => one.name === name)?.text;
    if (existsSync(path) && readFileSync(path, "utf8") !== before) {
      throw new UserError(`${file} has changed in the meantime`, {
        why: "What you saw is no longer what would be written. Nothing was written.",
        next: ["run the command again"],
        exitCode: EXIT.failed,
      });
    }
  }
  return replaceAll(texts.map(({ name, text }) => ({ path: resolve(root, name), text })));
}
