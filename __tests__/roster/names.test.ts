import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CUSTOM_NAME, EMAIL, NAME } from "../../lib/roster/formats.ts";
import { explainEmail, explainGroup, explainUsername } from "../../lib/roster/names.ts";
import { parseRoster } from "../../lib/roster/parse.ts";
import { rosterJsonSchema } from "../../lib/roster/schema.ts";
import { onePerson, told } from "./told.ts";

describe("e-mail addresses as usernames", () => {
  test.each([
    "hanako@example.com",
    "h.yamada+aws@mail.example.co.jp",
    "o'brien@example.com",
    "山田@example.com",
    "a@例え.jp",
    "x_y-z@a-b.example",
    "1@2.example",
    "{a}%$!#&*=?^`|~@example.com",
    `${"a".repeat(116)}@example.com`,
  ])("%s is one", (address) => {
    expect(told(onePerson("{}", address))).toEqual([]);
  });

  test.each([
    ["hanako", "it has no @"],
    ["a/b@example.com", "contains a slash, so Terraform can't import it"],
    ["a@\u3164.example.com", "invisible character in it (U+3164)"],
    ["a\ufe0f@example.com", "invisible character in it (U+FE0F)"],
    ["\u0301a@example.com", "it has a character that isn't allowed in an address"],
    ["a@@example.com", "it has more than one @"],
    ["@example.com", "there is nothing before the @"],
    ["a@", "there is nothing after the @"],
    ["a b@example.com", "it has a space or an invisible character in it"],
    [
      "a\u200b@example.com",
      '"a\\u200b@example.com" is not an e-mail address: it has a space or an invisible',
    ],
    ["a@example", "its domain has no dot"],
    ["a..b@example.com", "it has a dot at the start or end of a part, or two in a row"],
    [".a@example.com", "it has a dot at the start or end of a part,"],
    ["a@example.com.", "it has a dot at the start or end of a part,"],
    ["a@-example.com", "it has a character that isn't allowed in an address"],
    ["Hanako <a@example.com>", "it has a space"],
    [" a@example.com", 'has spaces around it → Write "a@example.com".'],
    ["ａ＠example．com", 'has full-width or decomposed characters → Write "a@example.com".'],
    [`${"a".repeat(117)}@example.com`, "is too long → Cognito's limit is 128 characters"],
    ["", "a username is empty"],
    ["a\n\u001b@example.com", '"a\\n\\u001b@example.com"'],
    ["hanako@exmaple", '"hanako@exmaple" is not an e-mail address: its domain has no dot'],
    ["S3cret!!11", "a text (not shown) is not an e-mail address: it has no @"],
    ["hanako@example.com:S3cret!!11", "a text (not shown) is not an e-mail address"],
  ])("%j is none", (address, why) => {
    expect(told(onePerson("{}", address))).toEqual([expect.stringContaining(why)]);
  });
});

describe("usernames", () => {
  test.each([
    "hanako",
    "ci-bot",
    "山田花子",
    "$+<=>|~",
    "a".repeat(128),
    "${x}%{y}",
    "constructor",
    "toString",
    "valueOf",
    "hasOwnProperty",
    "-x",
    "--yes",
    "a::b",
    "##",
    "`id`",
    "$(x)",
    "a'b",
  ])("%s is one", (name) => {
    expect(told(onePerson('{"invite":"none"}', name), { signInWith: "username" })).toEqual([]);
  });

  test.each([
    ["ci bot", "has a space or line break in it (U+0020)"],
    ["ci\u3000bot", '"ci\\u3000bot" has a space or line break in it (U+3000)'],
    ["ci\u0000bot", "has an invisible character in it (U+0000)"],
    ["\ud800", "has an invisible character in it (U+D800)"],
    ["ci\u{e0100}bot", '"ci\\udb40\\udd00bot" has an invisible character in it (U+E0100)'],
    ["👩\u200d💻", "has an invisible character in it (U+200D)"],
    ["ci\ue000bot", "has an unassigned character in it (U+E000)"],
    ["a/b", '"a/b" contains a slash, so Terraform can\'t import it → Choose a name without a slash.'],
    ["/", "contains a slash"],
    ["\u0301a", "starts with a combining mark (U+0301)"],
    ["##[error]x", "would act as a command in a CI log"],
    ["x##vso[task.complete]", "would act as a command in a CI log"],
    ["::error::x", "would act as a command in a CI log → Choose a name that doesn't start with ::"],
    ["a".repeat(129), `"${"a".repeat(60)}…" (129 characters) is too long`],
    [
      "か\u3099",
      'written with decomposed characters → Terraform would compose it and treat it as another name. Write "が".',
    ],
    ["__proto__", '"__proto__" can\'t be a username: JavaScript tools, CDKTF among them, drop that key'],
    ["", "a username is empty"],
  ])("%j is none", (name, why) => {
    expect(told(onePerson('{"invite":"none"}', name), { signInWith: "username" })).toEqual([
      expect.stringContaining(why),
    ]);
  });

  test.each([
    ["not-an-address", "it has no @"],
    ["ａ@example.com", 'Write "a@example.com".'],
    [`${"a".repeat(250)}@example.com`, "is too long → Use one of at most 254 characters."],
  ])("their e-mail address is checked: %j", (email, why) => {
    const text = onePerson(`{"email":${JSON.stringify(email)}}`, "hanako");
    expect(told(text, { signInWith: "username" })).toEqual([expect.stringContaining(why)]);
  });
});

describe("groups", () => {
  test.each([
    ["a/b", '1:38 the group name "a/b" contains a slash'],
    ["__proto__", '1:38 "__proto__" can\'t be a group name'],
    ["ops\u034f", '1:38 the group name "ops\\u034f" has an invisible character in it (U+034F)'],
    ["##[group]x", "would act as a command in a CI log"],
  ])("%j is none", (name, why) => {
    const text = onePerson(`{"groups":[${JSON.stringify(name)}]}`);
    expect(told(text)).toEqual([expect.stringContaining(why)]);
    expect(explainGroup(name)).toBeDefined();
  });

  test.each(["constructor", "toString", "valueOf", "hasOwnProperty", "-x", "管理者", "${x}%{y}"])(
    "%s is one",
    (name) => {
      expect(told(onePerson(`{"groups":[${JSON.stringify(name)}]}`))).toEqual([]);
    },
  );
});

/** Every character that there is, halves of surrogate pairs included. */
const EVERY_CHARACTER = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code));
const COGNITO = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u;
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u;
/** What no property of Unicode calls blank. */
const BLANK = ["\u2800", "\ufffc", "\u{13441}", "\u{13442}", "\u{16fe4}", "\u{1d159}"];

describe("of all characters of Unicode", () => {
  const allowed = EVERY_CHARACTER.filter((character) => NAME.test(`a${character}b`));

  test("a name may have those that Cognito takes and a person sees, but a slash", () => {
    const expected = EVERY_CHARACTER.filter(
      (character) =>
        COGNITO.test(character) &&
        !IGNORABLE.test(character) &&
        !BLANK.includes(character) &&
        character !== "/",
    );
    expect(allowed.length).toBeGreaterThan(130_000);
    expect(allowed.join("") === expected.join("")).toBe(true);
  });

  test("the table and the words agree: what is refused has words that name the code point", () => {
    // Of the private and unassigned planes a part: each one costs as much as a name.
    const some = EVERY_CHARACTER.filter((_, code) => code < 0x20_000 || code % 101 === 0);
    const silent = some.filter((character) => {
      const name = `a${character}b`;
      const words = explainUsername(name, { signInWith: "username" });
      if (NAME.test(name)) return words !== undefined && name === name.normalize("NFC");
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
      return character === "/" ? words === undefined : !words?.message.includes(`(U+${code})`);
    });
    expect(silent).toEqual([]);
  });

  test("an address has no character that a name can't have, but the slash", () => {
    const more = EVERY_CHARACTER.filter(
      (character) =>
        (EMAIL.test(`a${character}b@example.com`) || EMAIL.test(`a@b${character}c.com`)) &&
        !NAME.test(`a${character}b`),
    );
    expect(more.filter((character) => character !== "/")).toEqual(["@"].filter((one) => more.includes(one)));
  });

  test("a custom attribute's name has the characters of a name, and the slash", () => {
    const differing = EVERY_CHARACTER.filter(
      (character) => CUSTOM_NAME.test(`a${character}`) !== NAME.test(`a${character}`),
    );
    expect(differing).toEqual(["/"]);
  });
});

test.each(
  [
    "034F",
    "FE00",
    "FE0F",
    "180B",
    "E0100",
    "115F",
    "1160",
    "2800",
    "17B4",
    "3164",
    "FFA0",
    "200D",
    "00AD",
  ].map((code) => [code, String.fromCodePoint(Number.parseInt(code, 16))] as const),
)("U+%s beside a plain name is refused at its place, wherever a name stands", (code, character) => {
  const named = expect.stringMatching(new RegExp(`^1:\\d+ .*\\(U\\+${code}\\)`));
  expect(told(onePerson('{"invite":"none"}', `hanako${character}`), { signInWith: "username" })).toEqual([
    named,
  ]);
  expect(told(onePerson("{}", `hanako${character}@example.com`))).toEqual([named]);
  expect(told(onePerson(`{"groups":["ops${character}"]}`))).toEqual([named]);
  expect(
    told(onePerson(`{"email":"hanako@example${character}.com"}`, "hanako"), { signInWith: "username" }),
  ).toEqual([named]);
  expect(told(onePerson(`{"attributes":{"nickname":"ops${character}"}}`)), "a value is no name").toEqual([]);
});

test("any text: a name without words is one that Cognito takes, Terraform imports as it is, and everybody sees", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary" }),
    fc.string({
      unit: fc.constantFrom("a", "/", "#", "[", ":", "_", "\u3164", "\u0301", "-", "@", ".", "が"),
    }),
  );
  fc.assert(
    fc.property(text, (name) => {
      for (const words of [explainUsername(name, { signInWith: "username" }), explainGroup(name)]) {
        if (words !== undefined) continue;
        expect(name).toMatch(COGNITO);
        expect(`pool/${name}`.split("/")).toEqual(["pool", name]);
        expect(name.normalize("NFC")).toBe(name);
        expect(Array.from(name).some((one) => IGNORABLE.test(one) || BLANK.includes(one))).toBe(false);
        expect(Object.keys(JSON.parse(`{${JSON.stringify(name)}:1}`))).toEqual([name]);
      }
      if (explainEmail(name) === undefined) expect(name).toMatch(COGNITO);
    }),
    { numRuns: 2_000 },
  );
});

describe("an editor underlines what check refuses", () => {
  const patterns = (["username", "email"] as const).map((signInWith) => {
    const { users } = JSON.parse(rosterJsonSchema({ signInWith })).properties;
    return [signInWith, new RegExp(users.propertyNames.pattern, "u")] as const;
  });

  test.each(patterns)("sign-in by %s", (signInWith, pattern) => {
    const name = fc.oneof(
      fc.emailAddress(),
      fc.string(),
      fc.constantFrom("__proto__", "a/b", "a\u3164", "::x"),
    );
    fc.assert(
      fc.property(name, (text) => {
        if (explainUsername(text, { signInWith }) === undefined) expect(text).toMatch(pattern);
        else if (text.length <= 128 && text.normalize("NFC") === text) expect(text).not.toMatch(pattern);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("mixed scripts are a warning with the code points, and no problem", () => {
  const warned = (text: string, signInWith: "username" | "email" = "username") => {
    const { problems, warnings } = parseRoster(text, "u.json", { signInWith });
    expect(problems).toEqual([]);
    return warnings.map(({ location, message }) => `${location.line}:${location.column} ${message}`);
  };
  const username = (name: string) => warned(onePerson('{"invite":"none"}', name));

  test.each([
    ["pаul", "а (U+0430, Cyrillic)"],
    ["раul", "р (U+0440, Cyrillic), а (U+0430, Cyrillic)"],
    ["иван-a", "a (U+0061, Latin)"],
    ["αdmin", "α (U+03B1, Greek)"],
    ["opѕ", "ѕ (U+0455, Cyrillic)"],
    ["Ꭺdmin", "Ꭺ (U+13AA, Cherokee)"],
    ["ոps", "ո (U+0578, Armenian)"],
    ["山田а", "а (U+0430, Cyrillic)"],
    ["ひらがな한글", "한 (U+D55C, Hangul), 글 (U+AE00, Hangul)"],
    ["ab𐌂", "𐌂 (U+10302, another script)"],
  ])("%s", (name, letters) => {
    expect(username(name)).toEqual([`1:11 the username "${name}" mixes scripts: ${letters}`]);
  });

  test.each([
    "hanako",
    "山田花子",
    "ヤマダ・タロー",
    "山田hanakoさんタロー",
    "홍길동-hong-洪",
    "ㄅㄆ王wang",
    "иван",
    "Ωμέγα-1",
    "José",
    "123-_+",
    "مريم",
    "สมชาย",
    "𐌂𐌀",
    "東京ー",
  ])("%s is ordinary", (name) => {
    expect(username(name)).toEqual([]);
  });

  test("an address is read part by part", () => {
    const address = (name: string) => warned(onePerson("{}", name), "email");
    expect(address("иван@example.com")).toEqual([]);
    expect(address("ivan@пример.com")).toEqual([]);
    expect(address("pаul@example.com")).toEqual([
      '1:11 the username "pаul@example.com" mixes scripts: а (U+0430, Cyrillic)',
    ]);
    expect(address("paul@exаmple.com")).toEqual([expect.stringContaining("а (U+0430, Cyrillic)")]);
    expect(warned(onePerson('{"email":"pаul@example.com"}', "paul"))).toEqual([
      '1:27 the e-mail address "pаul@example.com" mixes scripts: а (U+0430, Cyrillic)',
    ]);
  });

  test("a group once, where it first stands", () => {
    const people = ["a", "b", "c"].map((name) => `"${name}@example.com":{"groups":["оps"]}`);
    expect(warned(`{"users":{${people.join(",\n")}}}`, "email")).toEqual([
      '1:38 the group name "оps" mixes scripts: о (U+043E, Cyrillic)',
    ]);
  });

  test("many letters are cut, and one that may be a password is not repeated whole", () => {
    expect(username("abcdefghijабвгдежз")[0]).toContain(
      "е (U+0435, Cyrillic)".replace("е (U+0435", "д (U+0434"),
    );
    expect(username("abcdefghijабвгдежз")[0]).toMatch(/ and 3 more$/);
  });
});

describe("somebody whom an earlier version deployed under a name that is refused now", () => {
  test.each([
    ["username", "a/b"],
    ["username", "hanako\u3164"],
    ["username", "::x"],
    ["email", "a/b@example.com"],
    ["email", "a\u034f@example.com"],
  ] as const)("leaves as everybody does: by %s, %j", (signInWith, name) => {
    const leaving = onePerson('{"invite":"none","leaving":true}', name);
    expect(told(leaving, { signInWith })).toEqual([]);
    expect(told(leaving.replace("true", "false"), { signInWith })).toHaveLength(1);
  });

  test.each([
    ["username", "__proto__"],
    ["username", "a b"],
    ["username", "か\u3099"],
    ["username", ""],
    ["username", "a".repeat(129)],
    ["email", "a/b"],
  ] as const)("but nobody was: by %s, %j", (signInWith, name) => {
    expect(told(onePerson('{"invite":"none","leaving":true}', name), { signInWith })).toHaveLength(1);
  });
});

describe("an earlier text of the roster", () => {
  test("had names that were good then: they are not judged again", () => {
    const text = `{"users":{"a/b":{"invite":"none","email":"x/\u3164@example.com","groups":["a/b","pа"]}}}`;
    const { roster, problems, warnings } = parseRoster(text, "u.json", {
      signInWith: "username",
      earlier: true,
    });
    expect([problems, warnings]).toEqual([[], []]);
    expect(roster?.people).toMatchObject([{ username: "a/b", groups: ["a/b", "pа"] }]);
    expect(parseRoster(text, "u.json", { signInWith: "username" }).problems).toHaveLength(3);
  });
});
