import { type Block, PAGES, type Page } from "./pages.ts";

/**
 * The convention for shell in Markdown. A block of it is fenced with `sh`, and is run by __tests__/e2e/documents.test.ts, with
 * bash, in a copy of the repository, on an emulator. An HTML comment right above the fence may say otherwise:
 * - `not run: WHY`: nothing of it is run; what it names is still checked;
 * - `after a deploy`: it is run where the roster was deployed before;
 * - `typed: LINE`: this line is on its standard input.
 * The last two can be joined: `after a deploy; typed: LINE`.
 */
export interface ShellBlock extends Block {
  readonly file: string;
  /** What of it is to be run: all but comments, and what another test runs. */
  readonly script: string;
  /** Why nothing of it is run. */
  readonly notRun?: string;
  readonly deployed: boolean;
  readonly typed: string;
}

export interface Elsewhere {
  readonly file: string;
  /** Stands in that file, and shows that it runs the command. */
  readonly proof: string;
}

/** Commands that take minutes, or would run this very test: who else runs them. */
export const ELSEWHERE: Readonly<Record<string, Elsewhere>> = {
  "npm run local": {
    file: "__tests__/e2e/rehearsal.test.ts",
    proof: 'execa("npm", ["run", "--silent", "local", "--", ...args]',
  },
  "npm run forward": {
    file: "__tests__/e2e/forward.test.ts",
    proof: 'execa("npm", ["run", "--silent", "forward", "--", "--keep"]',
  },
  "npm test": { file: "package.json", proof: '"test:all": "npm test -- ' },
  "npm run test:all": { file: ".ci/run", proof: "    npm run test:all\n" },
  "npm run test:unit": { file: "package.json", proof: "vitest run --project unit --project unit-isolated" },
  "npm run types": {
    file: "__tests__/static.test.ts",
    proof: 'test.each(["types", "lint", "unused"])("npm run %s"',
  },
  "npm run lint": {
    file: "__tests__/static.test.ts",
    proof: 'test.each(["types", "lint", "unused"])("npm run %s"',
  },
  "npm run unused": {
    file: "__tests__/static.test.ts",
    proof: 'test.each(["types", "lint", "unused"])("npm run %s"',
  },
};

/** Info strings that say shell in other words than ours. */
const OTHER_SHELLS =
  /^(sh\b.+|bash|shell|shellscript|zsh|console|shell-session|shellsession|terminal|powershell)\b/;

/** Programs that people type: a block without an info string that begins a line with one of them is shell. */
const COMMAND = /^\s*\(?(\$ |(npm|npx|node|git|aws|terraform|tofu|curl|export|cd|cp|read|cdktf)\s)/m;

/** Why a fence is not one of ours, or nothing. */
export function misfenced({ info, text }: Block): string | undefined {
  if (OTHER_SHELLS.test(info)) return `shell is fenced with sh, not with ${info}`;
  if (info === "" && COMMAND.test(text))
    return "it looks like shell: fence it with sh, or what it shows with text";
  return undefined;
}

/** What must never be run here: the copies share this repository's node_modules, which npm would empty or change. */
export const INSTALLS =
  /\bnpm\s+(ci|i|in|ins|install|add|un|uninstall|rm|remove|up|update|prune|dedupe|link|it)\b/;

/** A line without its comment and the blanks around it. */
const command = (line: string) => line.replace(/(^|\s)#\s.*$/, "").trim();

export const commandsOf = (text: string): string[] => text.split("\n").map(command).filter(Boolean);

export const shellBlocksOf = ({ file, blocks }: Page): ShellBlock[] =>
  blocks
    .filter(({ info }) => info === "sh")
    .map((block) => {
      const { remark = "", text } = block;
      const [, notRun] = /^not run: (.+)$/s.exec(remark) ?? [];
      const [, typed = ""] = /(?:^|; )typed: (.+)$/s.exec(remark) ?? [];
      const script = text
        .split("\n")
        .filter((line) => !(command(line) in ELSEWHERE))
        .join("\n");
      return {
        ...block,
        file,
        script: commandsOf(script).length === 0 || notRun !== undefined ? "" : script,
        ...(notRun === undefined ? {} : { notRun }),
        deployed: /^after a deploy\b/.test(remark),
        typed,
      };
    });

/** The page that a translation (`README.ja.md`) says again. */
export const originalOf = ({ file }: Page): Page | undefined => {
  const [, name] = /^(.+)\.[a-z]{2}\.md$/.exec(file) ?? [];
  return name === undefined ? undefined : PAGES.find((page) => page.file === `${name}.md`);
};
