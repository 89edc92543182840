import type { Arguments } from "./settings.ts";

/**
 * Writes `text` so that Terraform reads it as plain text. In its JSON syntax every string, keys included, is a template in
 * which `${` and `%{` start code: a run of `$` and `%` before a brace becomes a quoted string inside an interpolation. Doubling
 * them (`$${`), Terraform's own escape, would still let cdktf find its `${TfToken[…]}` markers in the text.
 */
export function plainText(text: string): string {
  return text.replace(/[$%]+(?=\{)/g, (run) => `\${"${run}"}`).replaceAll("{TfToken[", '${"{"}TfToken[');
}

/**
 * Reads back what {@link plainText} wrote.
 * @returns undefined for a template that Terraform would evaluate
 */
export function templateText(written: string): string | undefined {
  if (!/[$%]\{/.test(written)) return written;
  const own = /\$\{"([$%]+|\{)"\}/g;
  return /[$%]\{/.test(written.replace(own, "")) ? undefined : written.replace(own, "$1");
}

/**
 * Writes `text` as the quoted key of a resource address (`x["…"]`), where templates are not allowed but escapes are. Every
 * brace is escaped, so that neither Terraform nor cdktf finds a template in it.
 */
export function addressKey(text: string): string {
  return JSON.stringify(text).replaceAll("{", "\\u007b");
}

const WHOLE_REFERENCE = /^\$\{TfToken\[[^\]]+\]\}$/;

/** Whether the text is nothing but a reference. */
export function isReference(text: string): boolean {
  return WHOLE_REFERENCE.test(text);
}

/**
 * @returns the arguments, with their texts (Lambda names, messages) escaped so that Terraform reads them as plain text; a text
 *   that is only a reference to another resource of the app stays one
 */
export function writtenOut<T>(args: Arguments<T>): Partial<T> {
  return plain(args) as Partial<T>;
}

function plain(value: unknown): unknown {
  if (typeof value === "string") return isReference(value) ? value : plainText(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
