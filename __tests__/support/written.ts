import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The files below `directory` that contain `text`, dependencies and links left out. */
export function filesContaining(directory: string, text: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesContaining(path, text);
    return entry.isFile() && readFileSync(path).includes(text) ? [path] : [];
  });
}
