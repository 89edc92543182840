import { describe, expect, test } from "vitest";
import { OWN, read } from "./tracked.ts";

/**
 * Phrases that read as if they were translated, with what people say instead. Each was here once; none may come back into what
 * people read.
 */
const PHRASES: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\bis (?:there )?already there\b|\bis there already\b/i, "already exists"],
  [/\bis none of its\b/i, "is not an allowed value"],
  [/\bthrown back\b/i, "is reset to"],
  [/\bis not guessed at\b/i, "unknown settings are refused"],
  [/\bfor deleted\b/i, "treat as deleted"],
  [/"Whose\?|"Whom\?/, "Missing argument: USERNAME"],
  [/\bnobody was sent anything\b/i, "No invitation was sent"],
  [/\bnobody who is to\b/i, "no one who should"],
  [/\breckoned\b/i, "estimated"],
  [/\bare not in yet\b/i, "haven't signed in yet"],
  [/\blasts? \S+ (?:days?|hours?) more\b/i, "expires in 6 days"],
  [/\btakes? up where\b/i, "continues where"],
  [/\btold below\b/i, "see below"],
  [/\bare put right\b|\bput in order\b/i, "fixed"],
  [/\bmend (?:this|that|it)\b/i, "fix"],
  [/\bwhoever runs the user pool\b/i, "the pool's administrator"],
  [/\bfrom here on\. ?Ctrl-C ends\b|\bCtrl-C (?:ends|stops here)\b/, "Press Ctrl-C to stop"],
  [/\bin the middle of (?:the|its) deploy\b/i, "halfway through the deploy"],
  [/\bhave? no word for\b|\bhas no words? for\b/i, "has no setting of its own"],
  [/\bgive others\b/i, "replace them"],
  [/\bdoes not say so\b/i, "doesn't set it"],
  [/\bas it is written\b/i, "as declared"],
  [/\bmachine-readable document on stdout\b/i, "print one JSON document"],
  [/\bin no roster\b/i, "outside the roster"],
  [/\bif it shall\b/i, "if it should"],
  [/\btells? no more\b/i, "doesn't say more"],
  [/\b(?:is not|isn't) written over\b/i, "isn't overwritten"],
  [/\bdo(?:es)? not go together\b/i, "can't be combined"],
  [/\bsets? (?:it|them) anew\b/i, "sets it again"],
];

/** Texts of messages and help: string literals of the code, without its comments. */
const messagesIn = (text: string) =>
  text
    .split("\n")
    .map((line) => (/^\s*(?:\*|\/\/|\/\*)/.test(line) ? "" : line))
    .join("\n");

const TEXTS = OWN.filter((file) => /^(?:lib|scripts)\/.*\.(?:ts|mjs)$|\.md$/.test(file)).filter(
  (file) => file !== "CHANGELOG.md",
);

const found = (text: string) =>
  PHRASES.flatMap(([phrase, instead]) => {
    const [match] = phrase.exec(text) ?? [];
    return match === undefined ? [] : [`"${match}": ${instead}`];
  });

describe("plain English", () => {
  test("phrases that were taken out of messages and documents don't come back", () => {
    expect(TEXTS.length).toBeGreaterThan(200);
    const again = TEXTS.flatMap((file) => {
      const text = read(file);
      return found(file.endsWith(".md") ? text : messagesIn(text)).map((what) => `${file}: ${what}`);
    });
    expect(again).toEqual([]);
  });

  test.each([
    ["the file is there already", 1],
    ["Whoever runs the user pool allows TOTP", 1],
    ["the file already exists", 0],
  ])("%s", (text, count) => {
    expect(found(text)).toHaveLength(count);
  });
});
