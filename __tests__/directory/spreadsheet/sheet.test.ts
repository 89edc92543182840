import { describe, expect, test } from "vitest";
import {
  mapColumns,
  openQuestions,
  parseMapping,
  unanswered,
} from "../../../lib/directory/spreadsheet/columns.ts";
import { UserError } from "../../../lib/errors.ts";
import { withDefaults } from "../../../lib/roster/roster.ts";
import { read } from "./people.ts";

const EMAIL = withDefaults({ customAttributes: ["team"] });
const USERNAME = withDefaults({ signInWith: "username" });

const values = (sheet: ReturnType<typeof read>) =>
  sheet.people.map(({ username, values }) => ({ username, ...Object.fromEntries(values) }));
const problems = (sheet: ReturnType<typeof read>) =>
  sheet.problems.map(({ location: { line, column }, message }) => `${line}:${column} ${message}`);

describe("people are read", () => {
  test.each([
    ["commas", "email,name\na@x.jp,A"],
    ["semicolons", "email;name\na@x.jp;A"],
    ["semicolons, with commas in a header", 'email;name;"x,y,z"\na@x.jp;A;'],
    ["tabs", "email\tname\na@x.jp\tA"],
    ["what Excel's first line says", "sep=|\r\nemail|name\r\na@x.jp|A"],
  ])("separated by %s", (_, csv) => {
    expect(values(read(csv))).toEqual([{ username: "a@x.jp", name: "A" }]);
  });

  test("without blanks around values, non-breaking and ideographic ones too, and without empty rows and columns", () => {
    const csv = "\n email ,\u00a0name,,\r\n\u3000a@x.jp\u00a0, Hanako\u3000Yamada ,,\r\n,,,\r\n\r\n";
    expect(values(read(csv))).toEqual([{ username: "a@x.jp", name: "Hanako\u3000Yamada" }]);
  });

  test("with leading zeros", () => {
    const rules = { customAttributes: ["number"] };
    expect(values(read("email,number\na@x.jp,00123\nb@x.jp,'00123", { rules }))).toEqual([
      { username: "a@x.jp", "custom:number": "00123" },
      { username: "b@x.jp", "custom:number": "00123" },
    ]);
  });

  test("with dates, numbers and flags in the form that their attributes have", () => {
    const rules = {
      customAttributes: { since: { type: "date" }, level: { type: "number" }, staff: { type: "boolean" } },
    } as const;
    const csv = "email,since,level,staff,birthdate\na@x.jp,2024/4/1,３,はい,1990年1月2日";
    expect(values(read(csv, { rules }))).toEqual([
      {
        username: "a@x.jp",
        "custom:since": "2024-04-01",
        "custom:level": "3",
        "custom:staff": "true",
        birthdate: "1990-01-02",
      },
    ]);
  });

  test("with several groups in a cell", () => {
    const csv = 'email,groups\na@x.jp,ops;admins\nb@x.jp,"ops, admins"\nc@x.jp,ops|admins\nd@x.jp,\n';
    expect(read(csv).people.map((one) => one.values.get("groups"))).toEqual([
      ["ops", "admins"],
      ["ops", "admins"],
      ["ops", "admins"],
      [],
    ]);
  });

  test.each([
    ["yes", true],
    ["TRUE", true],
    ["1", true],
    ["はい", true],
    ["no", false],
    ["FALSE", false],
    ["０", false],
    ["いいえ", false],
  ])("%s in the column enabled is %s", (word, enabled) => {
    expect(values(read(`email,enabled\na@x.jp,${word}`))).toEqual([{ username: "a@x.jp", enabled }]);
  });

  test("by their username in a pool with usernames", () => {
    expect(values(read("ユーザー名,メール\nhanako,h@x.jp", { rules: USERNAME }))).toEqual([
      { username: "hanako", email: "h@x.jp" },
    ]);
  });
});

describe("a phone number", () => {
  const proposals = (cell: string, country?: string) =>
    read(`email,phone\na@x.jp,${cell}`, country === undefined ? {} : { country }).phones.map(
      ({ cell, from, to, country, zeroAdded }) => ({ cell, from, to, country, zeroAdded }),
    );

  test.each<[string, string | undefined, string, string, boolean]>([
    ["090-1234-5678", "JP", "+819012345678", "Japan", false],
    ["０９０（１２３４）５６７８", "JP", "+819012345678", "Japan", false],
    ["03 ー 1234 ー 5678", "JP", "+81312345678", "Japan", false],
    ["9012345678", "JP", "+819012345678", "Japan", true],
    ["(202) 555-0123", "US", "+12025550123", "United States", false],
    ["+44 20 7946 0958", undefined, "+442079460958", "United Kingdom", false],
    ["+44 20 7946 0958", "JP", "+442079460958", "United Kingdom", false],
  ])("%s in %s is proposed as %s (%s)", (from, where, to, country, zeroAdded) => {
    expect(proposals(from, where)).toEqual([{ cell: "B2", from, to, country, zeroAdded }]);
  });

  test("in E.164 stays as it is, with an apostrophe before it too", () => {
    expect(proposals("'+819012345678")).toEqual([]);
    expect(values(read("email,phone\na@x.jp,'+819012345678"))).toEqual([
      { username: "a@x.jp", phone: "+819012345678" },
    ]);
  });

  test.each<[string, string | undefined, string]>([
    ["090-1234-5678", undefined, '2:8 B2: "090-1234-5678" has no country code'],
    [
      "8.19012E+11",
      "JP",
      '2:8 B2: "8.19012E+11" is a long number shortened by Excel: its last digits are lost',
    ],
    ["090-1234", "JP", '2:8 B2: "090-1234" is not a phone number in Japan'],
    ["Tr0ub4dor&3", "JP", "2:8 B2: this text (not shown) is not a phone number"],
  ])("%s, with the country %s, is told at its cell", (cell, country, told) => {
    const sheet = read(`email,phone\na@x.jp,${cell}`, country === undefined ? {} : { country });
    expect(problems(sheet)).toEqual([told]);
  });
});

test("whatever can't be read is told at its cell, all at once", () => {
  const csv = [
    "email,name,enabled",
    'a@x.jp,"two\nlines",yes',
    ",Nobody,yes",
    "A@x.jp,Again,yes",
    "b@x.jp,B,perhaps",
    "c@x.jp,C,yes,too,much",
    "d@x.jp,1.23457E+11,yes",
    'e@x.jp,"never closed,yes',
  ].join("\n");
  expect(problems(read(csv))).toEqual([
    "9:8 B8: a quotation mark opens here and is never closed",
    "4:1 A3: this row has no e-mail address, which is the username in this pool",
    '5:1 A4: "A@x.jp" is already in A2, written "a@x.jp"',
    "6:10 C5: this text (not shown) is neither yes nor no for enabled",
    "7:14 D6: this cell is beyond the last column of the header",
    '8:8 B7: "1.23457E+11" looks like a long number shortened by Excel: its last digits may be lost',
    "9:8 C8: this cell is empty is neither yes nor no for enabled",
  ]);
});

describe("columns", () => {
  test.each<[string, string[], (string | undefined)[]]>([
    [
      "in English",
      ["E-Mail Address", "Full name", "Mobile", "Department"],
      ["email", "name", "phone", "groups"],
    ],
    ["in Japanese", ["メールアドレス", "氏名", "電話番号", "部署"], ["email", "name", "phone", "groups"]],
    [
      "as they are exported",
      ["email", "custom:team", "emailVerified"],
      ["email", "custom:team", "emailVerified"],
    ],
    ["as config.ts declares them", ["mail", "Team"], ["email", "custom:team"]],
    ["that say nothing", ["mail", "Salary", ""], ["email", undefined, undefined]],
    ["by their own name before a likely one", ["Mail", "email"], [undefined, "email"]],
  ])("are known by their headers %s", (_, headers, expected) => {
    expect(mapColumns(headers, EMAIL).columns).toEqual(expected);
  });

  test("are what --map says, before what their headers do", () => {
    const given = parseMapping('Login=email,"Team, unit"=groups,mail=-', EMAIL);
    const { columns, unknown } = mapColumns(["Login", "Team, unit", "mail", "Age"], EMAIL, given);
    expect(columns).toEqual(["email", "groups", undefined, undefined]);
    expect(unknown).toEqual(["Age"]);
  });

  test.each([
    ["x", "--map wants HEADER=FIELD, several separated by commas"],
    ["A=nmae", '--map names "nmae", which isn\'t a field of this roster'],
    ["A=custom:rank", '--map names "custom:rank", which isn\'t a field of this roster'],
    ["A=name,B=name", "--map names name twice"],
  ])("--map %s is refused", (map, message) => {
    expect(() => parseMapping(map, EMAIL)).toThrow(message);
  });

  test("that --map names have to be there, once", () => {
    const given = parseMapping("Mial=email", EMAIL);
    expect(() => mapColumns(["Mail"], EMAIL, given)).toThrow('No column is called "Mial"');
    expect(() => mapColumns(["Mial", "Mial"], EMAIL, given)).toThrow('2 columns are called "Mial"');
  });

  test("that only a person can tell are told with the --map to paste", () => {
    const headers = ["Contact", "Tel", "携帯"];
    const samples = [["a@x.jp", "03", "090"]];
    const questions = openQuestions(headers, mapColumns(headers, EMAIL), EMAIL, samples);
    expect(questions).toEqual([
      { target: "email", headers, required: true, guess: "Contact" },
      { target: "phone", headers: ["Tel", "携帯"], required: false },
    ]);
    const error = unanswered("hr.csv", questions);
    expect(error).toBeInstanceOf(UserError);
    expect(error.exitCode).toBe(2);
    expect(error.message).toBe("No column of hr.csv looks like the email");
    expect(error.next).toEqual([
      "say which is which (- leaves a column out): --map 'Contact=email,Tel=phone,携帯=-'",
    ]);
  });
});
