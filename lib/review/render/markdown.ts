import { escapeHtml } from "../../text/html.ts";
import { CONCEALED } from "../../text/unseen.ts";
import { hidesValues, type ReviewDocument } from "../document.ts";
import { KINDS, type Line, signOf } from "../line.ts";
import { preflightFacts, terraformWords } from "../preflight.ts";
import { filesOf } from "../remarks.ts";

/** First in the comment, and invisible: the next run finds its own comment by it. */
export const MARKER = "<!-- cognito-roster-plan -->";

/** Whether a file is a review that {@link reviewMarkdown} made. */
export const isReviewMarkdown = (content: Buffer): boolean =>
  content.toString("utf8", 0, MARKER.length) === MARKER;

/** GitHub's limit for a comment, in characters. */
export const COMMENT_LIMIT = 65_536;

/** Reserved for what a workflow writes around it, such as a link to the HTML artifact. */
const MARGIN = 1_536;

const SECTIONS = [
  { title: "User pool, app client and groups", kinds: ["pool", "client", "group", "other"] },
  { title: "Changed by hand this repository", kinds: ["drift"] },
  { title: "In the user pool, but not in the roster", kinds: ["undeclared"] },
];
const ELSEWHERE = new Set(SECTIONS.flatMap(({ kinds }) => kinds));
const PEOPLE = {
  title: "People",
  kinds: KINDS.map(({ id }) => id as string).filter((id) => !ELSEWHERE.has(id)),
};

/**
 * A review for a pull request's comment and a job summary in GitHub Actions. Everything that comes from people is in HTML
 * blocks, where no Markdown is parsed, and what GitHub would turn into a mention or a link is in `<code>`: it looks for those
 * after decoding every escape, so nothing else helps (github/cmark-gfm#181).
 * @returns fewer than `COMMENT_LIMIT` characters; rows without room are counted, the least serious first
 */
export function reviewMarkdown(document: ReviewDocument): string {
  const { lines } = document;
  const [top, bottom] = [head(document), foot(document)];
  const files = filesOf(lines);
  const frames = FRAMES + files.reduce((sum, file) => sum + FRAME + escaped(file).length, 0);
  const room = COMMENT_LIMIT - MARGIN - top.length - bottom.length - frames;
  const shown = new Set(fitting(lines, room));
  const part = (title: string, kinds: readonly string[], file?: string) => {
    const all = lines.filter(
      (line) => kinds.includes(line.kind) && (kinds !== PEOPLE.kinds || line.file === file),
    );
    return section(title, all, new Set(all.filter((line) => shown.has(line))));
  };
  const sections = [
    part(PEOPLE.title, PEOPLE.kinds),
    ...files.map((file) => part(`${PEOPLE.title} in <code>${escaped(file)}</code>`, PEOPLE.kinds, file)),
    ...SECTIONS.map(({ title, kinds }) => part(title, kinds)),
  ];
  return `${[top, ...sections, bottom].filter((part) => part !== "").join("\n\n")}\n`;
}

/** Room for the titles, frames and notes of all sections, and for those of each file. */
const FRAMES = 2_000;
const FRAME = 200;

/** Lines are in order of seriousness. */
function fitting(lines: readonly Line[], room: number): Line[] {
  let left = room;
  const found: Line[] = [];
  for (const line of lines) {
    left -= row(line).length + 1;
    if (left < 0) break;
    found.push(line);
  }
  return found;
}

/** The first refusals that a comment shows; all of them are in the HTML page. */
const REFUSALS = 20;
const REFUSAL_LENGTH = 1_000;

function head(document: ReviewDocument): string {
  const { summary, verdict, refused, notices, exceptions } = document;
  const sign = { nothing: "⚪", reversible: "🟢", irreversible: "🔴", refused: "⛔" }[verdict];
  const more = refused.length - REFUSALS;
  const items = [
    ...refused
      .slice(0, REFUSALS)
      .map(({ message, hint }) => `${inert(clipped(message))}<br><em>${inert(clipped(hint))}</em>`),
    ...(more > 0 ? [`and ${more} more: see the HTML artifact`] : []),
    ...notices.slice(0, REFUSALS).map((one) => inert(clipped(one))),
    ...exceptions.slice(0, REFUSALS).map((one) => `Allowed for this run: ${inert(clipped(one))}`),
  ];
  return [
    MARKER,
    `<h3>${sign} ${inert(clipped(summary))}</h3>`,
    ...(items.length === 0 ? [] : [`<ul>\n${items.map((item) => `<li>${item}</li>`).join("\n")}\n</ul>`]),
  ].join("\n\n");
}

const clipped = (text: string) => (text.length > REFUSAL_LENGTH ? `${text.slice(0, REFUSAL_LENGTH)}…` : text);

function foot(document: ReviewDocument): string {
  const { preflight, terraform, unchanged } = document;
  const facts = preflight === undefined ? [] : preflightFacts(preflight, document.access);
  const rows = facts.map(
    ({ label, value, warning }) =>
      `<tr><td>${inert(label)}</td><td>${warning ? "⚠️ " : ""}${inert(clipped(value))}</td></tr>`,
  );
  const notes = [
    ...(terraform === undefined
      ? []
      : [`Terraform: ${terraformWords(terraform)}. ${unchanged} stay as they are.`]),
    ...(hidesValues(document) ? ["Attributes are shown by name only."] : []),
  ];
  return [
    ...(rows.length === 0 ? [] : [`#### Before it starts\n\n<table>\n${rows.join("\n")}\n</table>`]),
    ...(notes.length === 0 ? [] : [`<sub>${notes.join(" ")}</sub>`]),
  ].join("\n\n");
}

/** Sections with more rows than these start collapsed. */
const OPEN = 30;

function section(title: string, all: readonly Line[], shown: ReadonlySet<Line>): string {
  if (all.length === 0) return "";
  const more = all.length - shown.size;
  const note = more > 0 ? `\n<p>and ${more} more: see the HTML artifact</p>` : "";
  const rows = all.filter((line) => shown.has(line)).map(row);
  const table = rows.length === 0 ? "" : `\n<table>\n${rows.join("\n")}\n</table>`;
  return `<details${all.length > OPEN ? "" : " open"}><summary><b>${title}</b> (${all.length})</summary>${table}${note}\n</details>`;
}

function row(line: Line): string {
  const { who, what, remarks = [] } = line;
  const name = `<code>${escaped(who)}</code>`;
  const told = [...what.map(inert), ...remarks.map((one) => `<em>${inert(one)}</em>`)];
  return `<tr><td>${signOf(line)}</td><td>${name}</td><td>${told.join("<br>")}</td></tr>`;
}

/**
 * Words that GitHub would turn into a mention, a reference to an issue or a commit, or a link: @name, #1, owner/repo#1, GH-1,
 * hashes, addresses, :emoji:.
 */
const ACTIVE = /[@#]|:[\w+-]+:|\bGH-\d|:\/\/|\bwww\.|^\W*[0-9a-f]{7,40}\W*$/i;

export function inert(text: string): string {
  return oneLine(text)
    .split(" ")
    .map((word) => (ACTIVE.test(word) ? `<code>${escaped(word)}</code>` : escaped(word)))
    .join(" ");
}

/**
 * A line break would end the HTML block; the other characters reverse the text around them or are invisible, and are shown as
 * signs.
 */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ");
  return line.replace(CONCEALED, "␦");
}

/** Includes Markdown, in case a reader parses it all the same. */
export function escaped(text: string): string {
  return escapeHtml(oneLine(text)).replaceAll("|", "&#124;").replaceAll("`", "&#96;");
}
