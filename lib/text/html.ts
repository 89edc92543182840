import { CONCEALED } from "./unseen.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  // A parser would read it as a line feed, and drop a NUL.
  "\r": "&#13;",
  "\0": "\uFFFD",
};

/** Text for an element or a quoted attribute: a browser reads back exactly what was given (a NUL, which HTML can't hold, as U+FFFD). */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\r\0]/g, (character) => ENTITIES[character] ?? "");
}

const LINES = new Set(["\t", "\n"]);

/**
 * Text from another person, such as a name, displayed safely: right-to-left letters don't move the text beside it, and each
 * invisible character is isolated, without effect, with its number (page.css shows it).
 */
export function isolated(text: string): string {
  let html = "";
  let end = 0;
  for (const { 0: character, index } of text.matchAll(CONCEALED)) {
    if (LINES.has(character)) continue;
    const number = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
    html += `${escapeHtml(text.slice(end, index))}<bdi class="unseen" title="U+${number}">${escapeHtml(character)}</bdi>`;
    end = index + character.length;
  }
  return `<bdi>${html}${escapeHtml(text.slice(end))}</bdi>`;
}
