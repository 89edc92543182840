import { execa } from "execa";
import { describe, expect, test } from "vitest";
import {
  checkedProfileName,
  exportLines,
  type Profile,
  processDocument,
  profileEntry,
} from "../../lib/auth/credential-formats.ts";

const credentials = {
  identityId: "eu-west-1:identity",
  accessKeyId: "ASIA",
  secretAccessKey: "=sec/ret+'$(id)",
  sessionToken: "session token",
  expiration: new Date("2027-01-15T08:00:00.000Z"),
};

test("--json is the document of credential_process, and has nothing else", () => {
  expect(JSON.parse(processDocument(credentials))).toEqual({
    Version: 1,
    AccessKeyId: "ASIA",
    SecretAccessKey: "=sec/ret+'$(id)",
    SessionToken: "session token",
    Expiration: "2027-01-15T08:00:00.000Z",
  });
});

test("--export sets exactly these values in a shell, whatever characters they have", async () => {
  const show = 'printf "%s\\n" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN"';
  const { stdout } = await execa("sh", ["-c", `eval "$1"; ${show}`, "sh", exportLines(credentials)]);
  expect(stdout.split("\n")).toEqual(["ASIA", "=sec/ret+'$(id)", "session token"]);
  expect(exportLines(credentials)).toContain("export AWS_CREDENTIAL_EXPIRATION=2027-01-15T08:00:00.000Z");
});

describe("--profile", () => {
  const profile: Profile = {
    name: "people",
    region: "eu-west-1",
    root: "/home/hanako/people",
    username: "hanako@example.com",
    environment: undefined,
    userPoolId: "eu-west-1_AbC",
    clientId: "app",
    identityPoolId: "eu-west-1:12-34",
    tokens: "/home/hanako/hanako.tokens.json",
  };
  const commandOf = (more: Partial<Profile>) =>
    profileEntry({ ...profile, ...more }).split("credential_process = ")[1] ?? "";

  test("is an entry that runs from anywhere, and reads no state", () => {
    expect(profileEntry(profile)).toBe(
      [
        "[profile people]",
        "region = eu-west-1",
        "credential_process = npm run --silent --prefix /home/hanako/people aws-credentials -- hanako@example.com --json --user-pool-id eu-west-1_AbC --client-id app --identity-pool-id eu-west-1:12-34 --tokens /home/hanako/hanako.tokens.json",
      ].join("\n"),
    );
  });

  test("names the environment, where there are several", () => {
    expect(commandOf({ environment: "prod" })).toContain("--json --env prod --user-pool-id");
  });

  test("paths and names are one word each, and a name with a dash is no option", () => {
    expect(commandOf({ tokens: "/home/ha na/t.json" })).toMatch(/--tokens '\/home\/ha na\/t\.json'$/);
    expect(commandOf({ username: "-x" })).toMatch(/ -- -x$/);
  });

  test("the default profile has a heading of its own", () => {
    expect(profileEntry({ ...profile, name: "default" })).toMatch(/^\[default\]\n/);
  });

  test.each(["", "a b", "a]\ncredential_process = id", "#", "a".repeat(65)])(
    "%j can't be its name",
    (name) => {
      expect(() => checkedProfileName(name)).toThrow(
        expect.objectContaining({ message: "That can't be the name of a profile", exitCode: 2 }),
      );
    },
  );

  test("a path with a line break would be another line of the file", () => {
    expect(() => profileEntry({ ...profile, tokens: "/a\nb" })).toThrow(
      "A path with a line break can't be in",
    );
  });
});
