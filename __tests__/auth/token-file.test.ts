import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assertSavable, readTokens, savedBefore, saveTokens } from "../../lib/auth/token-file.ts";

const owner = { username: "taro", userPoolId: "us-east-1_pool", clientId: "client", clientSecret: "top" };
const tokens = { accessToken: "a", idToken: "i", refreshToken: "r" };
let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "roster-token-file-"));
  file = join(directory, "tokens.json");
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("a token file", () => {
  test("is readable by its owner alone, holds no more than it must, and leaves no other file behind", async () => {
    await saveTokens(file, owner, tokens);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["tokens.json"]);
    expect(readFileSync(file, "utf8")).not.toContain("top");
    expect(await readTokens(file, owner)).toEqual(tokens);
  });

  test("keeps the device's key beside the tokens, for the refresh token is only good with it", async () => {
    await saveTokens(file, owner, { ...tokens, deviceKey: "us-east-1_device" });
    expect(await readTokens(file, owner)).toMatchObject({ refreshToken: "r", deviceKey: "us-east-1_device" });
  });

  test("keeps what a remembered device proves itself with, for the same person, pool and client", async () => {
    const device = { groupKey: "group", password: "secret" };
    await saveTokens(file, owner, { ...tokens, deviceKey: "us-east-1_device", device });
    expect(await savedBefore(file, owner)).toMatchObject({ deviceKey: "us-east-1_device", device });
    expect(await savedBefore(file, { ...owner, username: "jiro" })).toBeUndefined();
    expect(await savedBefore(join(directory, "none.json"), owner)).toBeUndefined();
  });

  test("may be replaced, and is private afterwards whatever it was before", async () => {
    await saveTokens(file, owner, tokens);
    await saveTokens(file, owner, { ...tokens, accessToken: "b" });
    expect(await readTokens(file, owner)).toMatchObject({ accessToken: "b" });
    writeFileSync(file, "", { mode: 0o644 });
    await saveTokens(file, owner, tokens);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each<[string, () => void]>([
    ["some other JSON", () => writeFileSync(file, '{"accessToken":"a"}')],
    ["no JSON", () => writeFileSync(file, "precious")],
    ["a directory", () => mkdirSync(file)],
    ["a link, also one that leads nowhere", () => symlinkSync(join(directory, "elsewhere"), file)],
  ])("is never written over %s", async (_, make) => {
    make();
    const before = readdirSync(directory);
    await expect(assertSavable(file)).rejects.toMatchObject({ exitCode: 2, where: { file } });
    await expect(saveTokens(file, owner, tokens)).rejects.toMatchObject({ exitCode: 2 });
    expect(readdirSync(directory)).toEqual(before);
  });

  test("never begins to be what commands read, or a state", async () => {
    for (const [name, words] of [
      ["adopt.json", "is a file that commands read"],
      ["terraform.team.tfstate", "is a Terraform state, so it isn't overwritten"],
    ] as const) {
      const place = join(directory, name);
      await expect(assertSavable(place, [join(directory, "adopt.json")])).rejects.toThrow(words);
      await expect(saveTokens(place, owner, tokens, [join(directory, "adopt.json")])).rejects.toThrow(words);
    }
    expect(readdirSync(directory)).toEqual([]);
  });

  test("that cannot be written leaves nothing behind", async () => {
    await expect(saveTokens(join(directory, "no", "such"), owner, tokens)).rejects.toThrow(
      "can't be saved (ENOENT)",
    );
    expect(readdirSync(directory)).toEqual([]);
  });

  test.each([
    ["username", "hanako", "another person: taro, not hanako"],
    ["userPoolId", "us-east-1_other", "another user pool"],
    ["clientId", "other", "another app client"],
  ])("of another %s is not used", async (field, value, words) => {
    await saveTokens(file, owner, tokens);
    await expect(readTokens(file, { ...owner, [field]: value })).rejects.toThrow(words);
  });

  test.each(["", "precious", "null", '{"kind":"cognito-roster tokens"}'])(
    "is not read out of %j",
    async (text) => {
      writeFileSync(file, text);
      await expect(readTokens(file, owner)).rejects.toThrow("The file contains no tokens");
    },
  );
});
