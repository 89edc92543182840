import { escapeControls, type Screen, wrapIndented, wrapped, wrapStep } from "../../text/terminal.ts";
import { counted } from "../../text/words.ts";
import { DEPLOY, type Question, type Unasked } from "../questions.ts";
import { escaped, inert, oneLine } from "./markdown.ts";

/** A question: with the new versions of the files that say yes. */
interface Asked extends Question {
  readonly id: string;
  readonly digest: string;
  readonly texts: readonly { readonly name: string; readonly text: string }[];
}

/** What `--json` prints. A workflow makes a pull request of each question. */
export interface QuestionsDocument {
  readonly format: 1;
  readonly questions: readonly (Question & {
    /** The same for the same person or group, as long as any of their drift remains. */
    readonly branch: string;
    /** Changes as soon as something else has drifted. */
    readonly digest: string;
    /** The beginning of the body: identifies the pull request. */
    readonly marker: string;
    readonly title: string;
    /** Markdown. */
    readonly body: string;
    /** Complete new versions: in base64, so that nothing on the way changes a byte. */
    readonly files: readonly { readonly path: string; readonly content: string }[];
  })[];
  /** Branches of questions for which there is no room this time: already open ones stay. */
  readonly later: readonly string[];
  readonly left: readonly Unasked[];
}

/** Branches of the questions of one environment, or of a config.ts without any: the rest has no slash. */
const branchPrefix = (environment: string | undefined): string =>
  environment === undefined ? "drift/" : `drift/${environment}/`;

/**
 * @param environment the user pool's environment. @default config.ts has none
 * @param alsoIn other environments with the same roster: a yes applies to them, too. @default none
 */
export function questionsDocument(
  {
    asked,
    later,
    left,
  }: {
    readonly asked: readonly Asked[];
    readonly later: readonly Pick<Asked, "id">[];
    readonly left: readonly Unasked[];
  },
  environment: string | undefined,
  alsoIn: readonly string[] = [],
): QuestionsDocument {
  return {
    format: 1,
    questions: asked.map(({ about, name, found, keep, undo, id, digest, texts }) => {
      const branch = `${branchPrefix(environment)}${id}`;
      const marker = `<!-- cognito-roster-question ${branch} ${digest} -->`;
      const question = { about, name, found, keep, undo };
      return {
        ...question,
        branch,
        digest,
        marker,
        title: titleOf(question, environment),
        body: bodyOf(question, marker, environment, alsoIn),
        files: texts.map(({ name: path, text }) => ({
          path,
          content: Buffer.from(text).toString("base64"),
        })),
      };
    }),
    later: later.map(({ id }) => `${branchPrefix(environment)}${id}`),
    left,
  };
}

/** GitHub's limit for titles. */
const TITLE_LIMIT = 256;

function titleOf({ about, name }: Question, environment: string | undefined): string {
  const of = environment === undefined ? "" : ` in ${environment}`;
  const called = oneLine(name).slice(0, TITLE_LIMIT / 2);
  if (about === "stranger") return `Let ${called}, who isn't in the roster, stay${of}?`;
  return about === "group"
    ? `Keep the group ${called}, which was created by hand${of}?`
    : `Keep what was changed by hand for ${called}${of}?`;
}

const list = (items: readonly string[]) =>
  `<ul>\n${items.map((item) => `<li>${item}</li>`).join("\n")}\n</ul>`;

function bodyOf(
  question: Question,
  marker: string,
  environment: string | undefined,
  alsoIn: readonly string[],
): string {
  const { name, found, keep, undo } = question;
  const putBack = undo.some(({ says }) => says === DEPLOY.says);
  return `${[
    marker,
    `The user pool${environment === undefined ? "" : ` of <code>${escaped(environment)}</code>`} differs from what was deployed. This was changed outside this repository, for <code>${escaped(name)}</code>:`,
    list(found.map(inert)),
    "**To keep it, merge this.** What that means:",
    list([
      ...keep.map(inert),
      ...(alsoIn.length === 0
        ? []
        : [
            `The same roster is deployed to ${alsoIn.map((one) => inert(one)).join(", ")}, so it applies there too`,
          ]),
    ]),
    "**To undo it instead, close this**, and:",
    list(
      undo.map(({ says, command }) =>
        command === undefined ? inert(says) : `<code>${escaped(command)}</code> — ${inert(says)}`,
      ),
    ),
    ...(putBack ? ["Until this is merged, the next deploy puts it back."] : []),
    "<sub>This is kept up to date while anything differs, and closed when nothing does. If you close it, it is not opened again for the same change. If no checks have started, approve the workflow run, or close and reopen this pull request.</sub>",
  ].join("\n\n")}\n`;
}

/** The facts about each, with the command that keeps it and those that undo it; then what no change of the roster can keep. */
export function questionsText(
  {
    asked,
    left,
  }: {
    readonly asked: readonly (Question & { readonly command: string })[];
    readonly left: readonly Unasked[];
  },
  { paint, columns }: Screen,
): string {
  const line = (label: string, text: string) => wrapIndented(label, escapeControls(text), columns);
  const step = (label: string, text: string) => wrapStep(label, escapeControls(text), columns);
  const questions = asked.flatMap(({ about, name, found, keep, undo, command }) => [
    paint.bold(escapeControls(about === "group" ? `group ${name}` : name)),
    ...found.flatMap((one) => line("  ≠ ", one)),
    ...keep.flatMap((one) => line("  if kept: ", one)),
    ...step("  → keep it: ", command),
    ...undo.flatMap(({ says, command: back = "" }) =>
      back === "" ? line("  → undo it: ", says) : step("  → ", `undo it (${says}): ${back}`),
    ),
    "",
  ]);
  const rest = left.flatMap(({ who, why }) => line("  · ", `${who}: ${why}`));
  const head =
    asked.length + left.length === 0
      ? `${paint.green("✔")} Nothing differs from what was deployed`
      : asked.length === 0
        ? "No change of the roster can keep this: npm run plan shows what a deploy does about it"
        : `${counted(asked.length, "change", "changes")} made by hand can be kept`;
  return [
    ...questions,
    ...(rest.length === 0 ? [] : ["Can't be kept by changing the roster:", ...rest, ""]),
    ...wrapped(head, columns ?? Number.POSITIVE_INFINITY),
    "",
  ].join("\n");
}
