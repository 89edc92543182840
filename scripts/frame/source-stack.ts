import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Where compiled code is, in a stack's notation. */
const COMPILED = /(file:\/\/\S+?\/\.cache\/build\/\S+?\.mjs):(\d+):(\d+)/g;

/** A defect's stack with the places in our sources, instead of those in the compiled files. */
export function sourceStack(stack: string): string {
  return stack.replaceAll(COMPILED, (place: string, file: string, line: string, column: string) => {
    try {
      const map = new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${file}.map`), "utf8")));
      const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
      if (!("originalSource" in entry)) return place;
      const source = new URL(entry.originalSource, pathToFileURL(fileURLToPath(file)));
      return `${source.href}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    } catch {
      // It is not one of our files.
      return place;
    }
  });
}
