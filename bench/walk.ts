import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { NEW, startMotoPool, TEMPORARY } from "../__tests__/support/moto-pool.ts";
import { Project } from "../__tests__/support/project.ts";
import { rehearsalEnvironment, withoutSteering } from "../lib/local/emulator-environment.ts";
import { type Measured, measure } from "./support/measure.ts";
import { type BenchContext, count, notMeasured, type Section, seconds, times } from "./support/section.ts";

const PROGRAM = fileURLToPath(new URL("change_password.py", import.meta.url));
const TITLE = "First logins";

/** More than anybody can use up. */
const NO_QUOTAS = "{ UserAuthentication: 10_000, UserAccountRecovery: 10_000 }";

/** Everybody's first login, beside a Python process for each as in the article that this package began with. */
export async function walk({ sizes, signal, say }: BenchContext): Promise<Section> {
  const boto3 = await execa("python3", ["-c", "import boto3; print(boto3.__version__)"], { reject: false });
  if (boto3.failed) return notMeasured(TITLE, "there is no python3 with boto3");
  const { people, processes } = sizes.walk;
  const pool = await startMotoPool();
  const project = new Project();
  try {
    const { directory } = project;
    const env = { ...withoutSteering(process.env), ...pool.env, ...rehearsalEnvironment(pool.endpoint) };
    const options = { directory, env, limits: { seconds: 600 }, signal };
    const invite = async (name: string, count: number) => {
      const names = Array.from({ length: count }, (_, index) => `${name}${index}@example.com`);
      for (const username of names) await pool.invite(username);
      return names;
    };
    const walkAll = async (names: readonly string[]) => {
      const list = join(directory, "walk.jsonl");
      const lines = names.map((username) =>
        JSON.stringify({ username, temporaryPassword: TEMPORARY, newPassword: NEW }),
      );
      writeFileSync(list, lines.join("\n"), { mode: 0o600 });
      return measure(["node", "scripts/run.mjs", "walk", list, "--flow", "password"], options);
    };
    say(TITLE, `${count(people)} in one process`);
    const paced = await walkAll(await invite("paced", people));
    project.configure("pool: {", `quotas: ${NO_QUOTAS},\n  pool: {`);
    const unpaced = await walkAll(await invite("unpaced", people));
    say(TITLE, `${count(processes)} in a process each`);
    const names = await invite("process", processes);
    const loop = 'for name; do python3 "$0" "$name" "$TEMPORARY" "$NEW" || exit; done';
    const some = await measure(["sh", "-c", loop, PROGRAM, ...names], {
      ...options,
      env: { ...env, TEMPORARY, NEW },
    });
    for (const name of names)
      if ((await pool.statusOf(name)) !== "CONFIRMED") throw new Error(`${name} was not walked`);

    const factor = people / processes;
    const theirs = { user: some.user * factor, wall: some.wall * factor };
    const ratio = (ours: Measured, by: "user" | "wall") => times(theirs[by] / ours[by]);
    const row = (name: string, ours: Measured) => [
      name,
      seconds(ours.wall),
      seconds(ours.user),
      ratio(ours, "wall"),
      ratio(ours, "user"),
    ];
    return {
      title: TITLE,
      how:
        "Temporary password → new password on moto, whose own CPU is not counted; both send the passwords as they are. Ours: " +
        "`npm run walk` without npm; with the default quotas it keeps to Cognito's 30 new passwords a second, here too. Theirs: " +
        `\`bench/change_password.py\`, the article's program, a process for each person (boto3 ${boto3.stdout.trim()}); ` +
        `${count(processes)} people were walked, and ${count(people)} are ${count(factor)} times that.`,
      head: [`${count(people)} people`, "wall", "user CPU", "faster by the clock", "by CPU"],
      rows: [
        [
          "a Python process each (extrapolated)",
          seconds(theirs.wall),
          seconds(theirs.user),
          times(1),
          times(1),
        ],
        row("ours, with the default quotas", paced),
        row("ours, with quotas out of reach", unpaced),
      ],
      targets: [
        {
          asks: "at least 20 × faster",
          measured:
            `by CPU ${ratio(paced, "user")}; by the clock ${ratio(unpaced, "wall")}, ` +
            `and ${ratio(paced, "wall")} at Cognito's default quota`,
          met: theirs.user / paced.user >= 20 && theirs.wall / unpaced.wall >= 20,
          inTheWay:
            "Only what Cognito lets through: at 30 new passwords a second no program walks " +
            `${count(people)} people in less than ${seconds(people / 30)}. By CPU nothing waits.`,
        },
      ],
    };
  } finally {
    project.remove();
    await pool.stop();
  }
}
