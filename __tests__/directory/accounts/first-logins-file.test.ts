import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseWalkList, readWalkList } from "../../../lib/directory/accounts/first-logins-file.ts";
import { UserError } from "../../../lib/errors.ts";
import { PASSWORD_POLICY } from "../../../lib/stack/defaults.ts";

const TEMPORARY = "Temporary-pass-1!";
const NEW = "Correct-horse-77!";
const line = (username: string, more: object = {}) =>
  JSON.stringify({ username, temporaryPassword: TEMPORARY, newPassword: NEW, ...more });

describe("a walk list", () => {
  test("is an account a line; empty lines, CRLF and a missing last line break are fine", () => {
    const text = `${line("a")}\r\n\n${line("b", { attributes: { name: "B" } })}`;
    expect(parseWalkList(text, "w", PASSWORD_POLICY)).toEqual([
      { username: "a", temporaryPassword: TEMPORARY, newPassword: NEW, attributes: {} },
      { username: "b", temporaryPassword: TEMPORARY, newPassword: NEW, attributes: { name: "B" } },
    ]);
  });

  test.each<[string, string, RegExp]>([
    ["CSV", `a,${TEMPORARY},${NEW}`, /isn't a JSON object/],
    ["half a line", line("a").slice(0, -4), /isn't a JSON object/],
    ["a list", JSON.stringify([TEMPORARY]), /isn't a JSON object/],
    ["no username", line("a", { username: undefined }), /username is missing/],
    ["an empty username", line(""), /username must be non-empty text/],
    ["no temporary password", line("a", { temporaryPassword: undefined }), /temporaryPassword is missing/],
    [
      "a password that is a number",
      line("a", { newPassword: 12345678 }),
      /newPassword must be non-empty text/,
    ],
    ["a new password that is too weak", line("a", { newPassword: "weak" }), /at least 12 characters, and/],
    ["a new password that is the temporary one", line("a", { newPassword: TEMPORARY }), /not be the temp/],
    ["attributes that are no texts", line("a", { attributes: { age: 7 } }), /attributes must be an object/],
    ["a field of another name", line("a", { [NEW]: "x" }), /unknown field/],
  ])("with %s is refused at its line, and the words repeat no password", (_, broken, words) => {
    const refused = () => parseWalkList(`${line("z")}\n${broken}`, "w", PASSWORD_POLICY);
    expect(refused).toThrow(words);
    expect(refused).toThrow(/^w has 1 problem\n {2}w:2 {2}/);
    expect(refused).toThrow(expect.objectContaining({ exitCode: 2 }));
    for (const secret of [TEMPORARY, NEW, "weak", "12345678"])
      expect(refused).not.toThrow(expect.objectContaining({ message: expect.stringContaining(secret) }));
  });

  test("tells every problem at once", () => {
    const text = [line("a"), "nonsense", line("a"), line("b", { newPassword: "" })].join("\n");
    const problems = [
      "w:2  this line isn't a",
      "w:3  the same username is already on line 1",
      "w:4  newPassword",
    ];
    for (const problem of problems) expect(() => parseWalkList(text, "w")).toThrow(problem);
    expect(() => parseWalkList(text, "w")).toThrow("w has 3 problems");
  });

  test("with nobody in it shows what a line looks like", () => {
    expect(() => parseWalkList("\n", "w")).toThrow(
      expect.objectContaining({ message: "w lists no one", next: [expect.stringContaining('{"username"')] }),
    );
  });
});

describe("the file of a walk list", () => {
  const directory = mkdtempSync(join(tmpdir(), "walk-list-"));
  afterAll(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "team.passwords");
  const write = (content: string | Uint8Array, mode: string) => {
    writeFileSync(file, content);
    chmodSync(file, Number.parseInt(mode, 8));
  };

  test.each(["600", "400"])("is read when only its owner may (%s)", (mode) => {
    rmSync(file, { force: true });
    write(`\uFEFF${line("a")}\n`, mode);
    expect(parseWalkList(readWalkList(file), file)).toHaveLength(1);
  });

  test.each(["644", "640", "604", "620", "606"])("is refused when others may use it (%s)", (mode) => {
    rmSync(file, { force: true });
    write(line("a"), mode);
    expect(() => readWalkList(file)).toThrow(UserError);
    expect(() => readWalkList(file)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        next: [expect.stringMatching(/^chmod 600 '?\/.*team\.passwords/), expect.anything()],
      }),
    );
  });

  test("that is a directory, or not UTF-8, is refused in words", () => {
    expect(() => readWalkList(directory)).toThrow("a directory or a device");
    rmSync(file, { force: true });
    write(Buffer.from([0x7b, 0xe9, 0x7d]), "600");
    expect(() => readWalkList(file)).toThrow("is not UTF-8");
  });
});
