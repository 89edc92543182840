import type { Settings } from "../stack/settings.ts";

/** `config.ts` with these settings, as a person would write it; `npm run format` breaks it into other lines. */
export function configText(settings: Settings): string {
  return [
    'import type { Settings } from "./lib/stack/settings.ts";',
    "",
    "/** Your team's settings. Each one and its default: lib/stack/settings.ts and lib/stack/defaults.ts. */",
    `export const config: Settings = ${literal(settings, "")};`,
    "",
  ].join("\n");
}

/** A value as TypeScript: like JSON, but for bare keys, trailing commas and undefined, which settings may hold. */
function literal(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null)
    return value === undefined ? "undefined" : JSON.stringify(value);
  const within = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object"))
      return `[${value.map((item) => literal(item, within)).join(", ")}]`;
    return `[\n${value.map((item) => `${within}${literal(item, within)},\n`).join("")}${indent}]`;
  }
  const fields = Object.entries(value).map(
    ([name, inner]) => `${within}${key(name)}: ${literal(inner, within)},\n`,
  );
  return fields.length === 0 ? "{}" : `{\n${fields.join("")}${indent}}`;
}

const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
