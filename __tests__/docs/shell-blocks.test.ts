import { describe, expect, test } from "vitest";
import { PAGES, parsePage } from "./pages.ts";
import { commandsOf, ELSEWHERE, INSTALLS, misfenced, originalOf, shellBlocksOf } from "./shell-blocks.ts";
import { read } from "./tracked.ts";

const BLOCKS = PAGES.flatMap(shellBlocksOf);
const only = (text: string) => shellBlocksOf(parsePage("a.md", text))[0];

describe("the shell blocks of the documents", () => {
  test("are fenced as such, so that none is left out", () => {
    expect(BLOCKS.length).toBeGreaterThan(5);
    const wrong = PAGES.flatMap(({ file, blocks }) =>
      blocks.flatMap((block) => {
        const why = misfenced(block);
        return why === undefined ? [] : [`${file}:${block.line}: ${why}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test("are run, or say why not, in more than a word", () => {
    const unexplained = BLOCKS.filter(({ notRun, remark = "" }) =>
      notRun === undefined ? /^(not|no|never|isn't|skip)\b/i.test(remark) : !/\S+ \S+/.test(notRun),
    );
    expect(unexplained.map(({ file, line, remark }) => `${file}:${line}: ${remark}`)).toEqual([]);
  });

  test("install nothing: what does is not run, since the copies share our dependencies", () => {
    expect(
      BLOCKS.filter(({ script }) => INSTALLS.test(script)).map(({ file, line }) => `${file}:${line}`),
    ).toEqual([]);
  });

  test("a translation has those of its original, in the same order", () => {
    for (const page of PAGES) {
      const original = originalOf(page);
      if (original === undefined) continue;
      const commands = [page, original].map((one) => shellBlocksOf(one).map(({ text }) => commandsOf(text)));
      expect(commands[0], page.file).toEqual(commands[1]);
    }
  });

  test.each(Object.entries(ELSEWHERE))("%s is run by another test, which is there", (_, { file, proof }) => {
    expect(read(file)).toContain(proof);
  });
});

describe("a block", () => {
  test("is run as it stands", () => {
    expect(only("```sh\ncp a b # why\nnpm run check\n```")).toMatchObject({
      script: "cp a b # why\nnpm run check",
      deployed: false,
      typed: "",
    });
  });

  test("is run without what another test runs, and not at all where nothing is left", () => {
    expect(only("```sh\nnpm run check\nnpm test # all of it\n```")?.script).toBe("npm run check");
    expect(only("```sh\n# both\nnpm run local\nnpm test\n```")?.script).toBe("");
  });

  test("is not run where the comment above says why", () => {
    expect(
      only("<!-- not run: needs an AWS account -->\n\n```sh\naws sts get-caller-identity\n```"),
    ).toMatchObject({
      notRun: "needs an AWS account",
      script: "",
    });
  });

  test("a comment that is not right above it says nothing", () => {
    expect(only("<!-- not run: needs AWS -->\n\nThus:\n\n```sh\ncp a b\n```")?.script).toBe("cp a b");
  });

  test("is run after a deploy, with a line typed, in a list as well", () => {
    expect(
      only('1. x\n\n   <!-- after a deploy; typed: {"a":1} -->\n   ```sh\n   cp a b\n   ```'),
    ).toMatchObject({
      deployed: true,
      typed: '{"a":1}',
      script: "cp a b",
    });
  });

  test.each(["bash", "console", "shell", "sh title"])("is not fenced with %s", (info) => {
    expect(parsePage("a.md", `\`\`\`${info}\nls\n\`\`\``).blocks.map(misfenced)).toEqual([
      expect.any(String),
    ]);
  });

  test("without an info string is no shell", () => {
    const why = parsePage("a.md", "```\nnpm run check\n```\n\n```\nPerson  Status\n```").blocks.map(
      misfenced,
    );
    expect(why).toEqual([expect.stringContaining("looks like shell"), undefined]);
  });
});
