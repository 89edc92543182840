import type { Settings } from "./settings.ts";

/** As in biome.json. */
const WIDTH = 110;

/** How to write a config.ts. */
export interface ConfigText {
  /** What the file is, for its docstring. @default where to read about settings */
  readonly about?: string;
  /** Where its type is imported from. @default this repository's own settings.ts */
  readonly from?: string;
  /** Comments above settings, by path: `client.oauth.flows`. @default none */
  readonly notes?: Readonly<Record<string, string>>;
}

/** For a clone; a project that depends on the package has neither file. */
const ABOUT =
  "Your team's settings. Each one and its default: lib/stack/settings.ts and lib/stack/defaults.ts.";

/** For a project that depends on the package. */
const ABOUT_PROJECT = "Your team's settings. Your editor shows each one and its default.";

/**
 * `config.ts` with these settings, as a person would write it and `npm run format` would leave it.
 * @returns the whole file
 */
export function configText(settings: Settings, options: ConfigText = {}): string {
  const { from = "./lib/stack/settings.ts", notes = {} } = options;
  const { about = from === "cognito-roster" ? ABOUT_PROJECT : ABOUT } = options;
  return [
    `import type { Settings } from ${JSON.stringify(from)};`,
    "",
    ...docstring(about),
    `export const config: Settings = ${fields(settings, { indent: "", path: "", notes })};`,
    "",
  ].join("\n");
}

function docstring(about: string): string[] {
  const lines = about.split("\n");
  return lines.length === 1 ? [`/** ${about} */`] : ["/**", ...lines.map((line) => ` * ${line}`), " */"];
}

interface Place {
  readonly indent: string;
  readonly path: string;
  readonly notes: Readonly<Record<string, string>>;
}

/** A value as TypeScript: like JSON, but with bare keys, trailing commas and undefined, which settings may contain. */
function literal(value: unknown, before: number, place: Place): string {
  const flat = inOneLine(value);
  const noted = Object.keys(place.notes).some((path) => path.startsWith(`${place.path}.`));
  // With a trailing comma.
  if (typeof value !== "object" || value === null || (!noted && before + flat.length < WIDTH)) return flat;
  if (!Array.isArray(value)) return fields(value, place);
  const within = `${place.indent}  `;
  const items = value.map((item) => literal(item, within.length, { ...place, indent: within }));
  return `[\n${items.map((item) => `${within}${item},\n`).join("")}${place.indent}]`;
}

function fields(value: object, { indent, path, notes }: Place): string {
  const within = `${indent}  `;
  const lines = Object.entries(value).map(([name, inner]) => {
    const own = path === "" ? name : `${path}.${name}`;
    const start = `${within}${key(name)}: `;
    const note = notes[own] === undefined ? "" : `${within}// ${notes[own]}\n`;
    return `${note}${start}${literal(inner, start.length, { indent: within, path: own, notes })},\n`;
  });
  return lines.length === 0 ? "{}" : `{\n${lines.join("")}${indent}}`;
}

function inOneLine(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value === "number" && Number.isInteger(value) && value >= 10_000)
    return String(value).replace(/\B(?=(?:\d{3})+$)/g, "_");
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(", ")}]`;
  const inner = Object.entries(value).map(([name, one]) => `${key(name)}: ${inOneLine(one)}`);
  return inner.length === 0 ? "{}" : `{ ${inner.join(", ")} }`;
}

const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/**
 * A roster file with these people, on one line each where that is enough.
 * @param users as in users.json, by username
 */
export function rosterText(users: Readonly<Record<string, object>>): string {
  const people = Object.entries(users).map(([name, person]) => `    ${inJson(name)}: ${entry(person)}`);
  const all = people.length === 0 ? "{}" : `{\n${people.join(",\n")}\n  }`;
  return `{\n  "$schema": "./users.schema.json",\n  "users": ${all}\n}\n`;
}

/** A person's entry, with one field per line if there are several. */
function entry(person: object): string {
  const fields = Object.entries(person).map(([name, value]) => {
    const flat = `${inJson(name)}: ${inJson(value)}`;
    // With a trailing comma.
    if (typeof value !== "object" || value === null || "      ".length + flat.length < WIDTH) return flat;
    return `${inJson(name)}: ${JSON.stringify(value, null, 2).replaceAll("\n", "\n      ")}`;
  });
  if (fields.length < 2) return fields.length === 0 ? "{}" : `{ ${fields.join()} }`;
  return `{\n${fields.map((field) => `      ${field}`).join(",\n")}\n    }`;
}

function inJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inJson).join(", ")}]`;
  const inner = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${inJson(one)}`);
  return inner.length === 0 ? "{}" : `{ ${inner.join(", ")} }`;
}
