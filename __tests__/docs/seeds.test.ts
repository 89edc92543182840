import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { PAGES } from "./pages.ts";
import { read, TRACKED } from "./tracked.ts";

const page = PAGES.find(({ file }) => file === "docs/seeds.md");
const rows = (page?.text ?? "")
  .split("\n")
  .filter((line) => /^\| \d{3} \|/.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  )
  .map(([article = "", does = "", here = "", tests = ""]) => ({ article, does, here, tests }));
const codeIn = (text: string) => Array.from(text.matchAll(/`([^`]+)`/g), ([, code = ""]) => code);

test("docs/seeds.md has what each of the five articles does", () => {
  expect([...new Set(rows.map(({ article }) => article))]).toEqual(["000", "001", "002", "003", "004"]);
  expect(rows.length).toBeGreaterThan(40);
});

test("each row names something that is here, and its test; or says `not yet`, or where the page is", () => {
  const without = rows.filter(
    ({ here, tests }) => codeIn(tests).length === 0 && here !== "not yet" && !here.startsWith("["),
  );
  expect(without).toEqual([]);
  const files = rows.flatMap(({ tests }) => codeIn(tests));
  expect(files.filter((file) => !TRACKED.includes(file) || !file.endsWith(".test.ts"))).toEqual([]);
});

test("its commands are commands, and its settings are settings", () => {
  const commands = new Set(Object.keys(packageJson.scripts).map((name) => `npm run ${name}`));
  const settings = ["settings", "factors", "senders"].map((name) => read(`lib/stack/${name}.ts`)).join("\n");
  const unknown = rows
    .flatMap(({ here }) => codeIn(here))
    .filter((code) => {
      if (code.startsWith("npm run ")) return !commands.has(code);
      const [, setting] = /^(?:(?:pool|client)\.)?(\w+)$/.exec(code) ?? [];
      return setting !== undefined
        ? !settings.includes(`readonly ${setting}?:`)
        : !TRACKED.some((file) => file === code || file.startsWith(`${code}/`));
    });
  expect(unknown).toEqual([]);
});
