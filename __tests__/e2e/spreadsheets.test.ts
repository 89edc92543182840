/** @module-tag full */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AdminUpdateUserAttributesCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { emailOf, makePoolByHand } from "../support/handmade-pool.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { openTerminal } from "../support/terminal.ts";

const IMPORT = "node scripts/run.mjs import-users";

/** Nothing listens there: whoever asks AWS fails. */
const NO_AWS = { AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_EC2_METADATA_DISABLED: "true" };

/** As Excel saves it in Germany: semicolons, Windows-1252, the 0 of a phone number lost. */
const HR = [
  "Kontakt;Name;Telephone;Groups;Birthplace",
  "hanako@example.com;Hanako;090-1234-5678;ops;Kyōto",
  "jörg@example.com; Jörg Müller ;9012345679;ops, admins;Köln",
  "",
].join("\r\n");

describe("an HR department's spreadsheet and users.json, without AWS", () => {
  const project = new Project(NO_AWS);
  afterAll(() => project.remove());
  const save = (text: string) =>
    writeFileSync(join(project.directory, "hr.csv"), Buffer.from(text.replace("ō", "o"), "latin1"));

  test("without a terminal it says which --map to paste, and writes nothing", async () => {
    save(HR);
    const roster = project.read("users.json");
    const asked = await project.run(`${IMPORT} --csv hr.csv --country JP --yes`);
    expect(asked.exitCode, asked.all).toBe(2);
    expect(asked.words).toContain("No column of hr.csv looks like the email");
    expect(asked.words).toContain("--map Kontakt=email");
    expect(project.read("users.json")).toBe(roster);
  });

  test("at a terminal it asks for the column and before it writes, and the result passes check", async () => {
    project.writeRoster({
      "hanako@example.com": { attributes: { name: "Hanako" }, groups: ["admins"] },
      "gone@example.com": {},
      "bot@example.com": { invite: "none" },
    });
    const terminal = openTerminal(
      ["scripts/run.mjs", "import-users", "--csv", "hr.csv", "--country", "JP"],
      { ...(process.env as Record<string, string>), ...NO_AWS, NO_COLOR: "1" },
      [],
      project.directory,
    );
    await terminal.shows("Which column is the e-mail address?");
    terminal.press("\r");
    await terminal.shows("--map Kontakt=email");
    await terminal.shows("Windows-1252, separated by a semicolon");
    await terminal.shows("left out");
    await terminal.shows("9012345679 → +819012345679 (Japan), its leading 0 was missing");
    await terminal.shows("1 person joins");
    await terminal.shows("groups +ops -admins");
    await terminal.shows("Write users.json?");
    terminal.type("y");
    expect(await terminal.ended, terminal.screen()).toBe(0);
    expect(JSON.parse(project.read("users.json")).users).toEqual({
      "hanako@example.com": { attributes: { name: "Hanako" }, groups: ["ops"], phone: "+819012345678" },
      "gone@example.com": {},
      "bot@example.com": { invite: "none" },
      "jörg@example.com": {
        attributes: { name: "Jörg Müller" },
        phone: "+819012345679",
        groups: ["ops", "admins"],
      },
    });
    expect((await project.run("node scripts/run.mjs check")).exitCode).toBe(0);
  });

  const again = `${IMPORT} --csv hr.csv --country JP --map Kontakt=email`;

  test("a second time there is nothing to write", async () => {
    const roster = project.read("users.json");
    const second = await project.run(again);
    expect(second.exitCode, second.all).toBe(0);
    expect(second.words).toContain("Nothing to write");
    expect(second.words).toContain("gone@example.com, bot@example.com");
    expect(project.read("users.json")).toBe(roster);
  });

  test("with --leavers only whoever is gone changes, and only after a yes", async () => {
    const roster = project.read("users.json");
    const asked = await project.run(`${again} --leavers`);
    expect(asked.exitCode, asked.all).toBe(2);
    expect(asked.words).toContain('1 person leaves: "leaving": true gone@example.com');
    expect(project.read("users.json")).toBe(roster);

    const done = await project.run(`${again} --leavers --yes --json`);
    expect(done.exitCode, done.all).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({
      ok: true,
      leaving: [{ username: "gone@example.com" }],
      joins: [],
      changes: [],
      written: ["users.json"],
    });
    const expected = JSON.parse(roster);
    expected.users["gone@example.com"] = { leaving: true };
    expect(JSON.parse(project.read("users.json"))).toEqual(expected);
  });

  test("what can't be read, and what check refuses, is told at its cell, and nothing is written", async () => {
    const roster = project.read("users.json");
    save(`${HR}hanako@example.com;Again;;;\r\nx@example.com;X;8.19012E+11;no such group;\r\n`);
    const refused = await project.run(again);
    expect(refused.exitCode, refused.all).toBe(2);
    expect(refused.words).toContain('hr.csv:4:1 A4: "hanako@example.com" is already in A2');
    expect(refused.words).toContain('hr.csv:5:17 C5: "8.19012E+11" is a long number shortened by Excel:');
    expect(refused.words).toContain("hr.csv:5:29 D5: ");
    expect(project.read("users.json")).toBe(roster);
  });
});

/** On moto, which is trusted for what it stores. */
describe.skipIf(!inject("moto"))("a pool as a spreadsheet, and back", () => {
  let moto: RunningEmulator;
  let project: Project;
  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("is the same roster, and no cell is a formula", async () => {
    const pool = await makePoolByHand({ endpoint: moto.endpoint, people: 12 });
    await pool.admin.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: pool.userPoolId,
        Username: emailOf(1),
        UserAttributes: [
          { Name: "name", Value: '=HYPERLINK("https://example.com")' },
          { Name: "nickname", Value: "00123" },
          { Name: "phone_number", Value: "+819012345678" },
        ],
      }),
    );
    const exporting = `node scripts/run.mjs export-users --user-pool-id ${pool.userPoolId}`;
    const roster = JSON.parse((await project.run(exporting)).stdout);
    const written = await project.run(`${exporting} --csv people.csv`);
    expect(written.exitCode, written.all).toBe(0);
    expect(written.stderr).toContain("12 people, 2 groups");
    const csv = readFileSync(join(project.directory, "people.csv"), "utf8");
    expect(
      csv.startsWith(
        "\ufeffemail,phone,name,nickname,custom:team,groups,enabled,emailVerified,phoneVerified\r\n",
      ),
    ).toBe(true);
    expect(csv).toContain(`'+819012345678,"'=HYPERLINK(""https://example.com"")",'00123`);
    // The same again is no trouble; another file is not written over.
    expect((await project.run(`${exporting} --csv people.csv`)).exitCode).toBe(0);
    expect((await project.run(`${exporting} --csv users.json --replace`)).exitCode).toBe(2);

    project.configure('pool: { name: "people" }', 'pool: { name: "people", customAttributes: ["team"] }');
    project.configure('roster: "users.json"', 'roster: "back.json"');
    const back = await project.run(`${IMPORT} --csv people.csv --yes`);
    expect(back.exitCode, back.all).toBe(0);
    expect(JSON.parse(project.read("back.json"))).toEqual(roster);
    expect((await project.run("node scripts/run.mjs check")).exitCode).toBe(0);
  });
});
