import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The files below `directory`, dependencies and links left out. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

/** Those of them that contain `text`. */
export function filesContaining(directory: string, text: string): string[] {
  return filesBelow(directory).filter((path) => readFileSync(path).includes(text));
}
