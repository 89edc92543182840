import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { NEW, startMotoPool, TEMPORARY } from "../__tests__/support/moto-pool.ts";
import { rehearsalEnvironment, withoutSteering } from "../lib/local/environment.ts";
import { measure } from "./support/measure.ts";
import { inScratch } from "./support/scratch.ts";
import { type BenchContext, count, notMeasured, type Section, seconds, times } from "./support/section.ts";

const LAUNCHER = fileURLToPath(new URL("../scripts/run.mjs", import.meta.url));
const PROGRAM = fileURLToPath(new URL("change_password.py", import.meta.url));
const TITLE = "First logins";

/** Everybody's first login, beside a Python process for each as in the article that this package began with. */
export async function walk({ sizes, signal, say }: BenchContext): Promise<Section> {
  const boto3 = await execa("python3", ["-c", "import boto3; print(boto3.__version__)"], { reject: false });
  if (boto3.failed) return notMeasured(TITLE, "there is no python3 with boto3");
  const { people, processes } = sizes.walk;
  const pool = await startMotoPool();
  try {
    return await inScratch(async (scratch) => {
      say(TITLE, `inviting ${count(people + processes)} people in moto`);
      const names = Array.from({ length: people + processes }, (_, index) => `bot${index}@example.com`);
      for (const name of names) await pool.invite(name);
      const env = { ...withoutSteering(process.env), ...pool.env, ...rehearsalEnvironment(pool.endpoint) };
      const options = { directory: scratch, env, limits: { seconds: 600 }, signal };

      const list = join(scratch, "walk.jsonl");
      const lines = names
        .slice(0, people)
        .map((username) => JSON.stringify({ username, temporaryPassword: TEMPORARY, newPassword: NEW }));
      writeFileSync(list, lines.join("\n"), { mode: 0o600 });
      say(TITLE, `${count(people)} in one process`);
      const ours = await measure(["node", LAUNCHER, "walk", list, "--flow", "password"], options);
      say(TITLE, `${count(processes)} in a process each`);
      const loop = 'for name; do python3 "$0" "$name" "$TEMPORARY" "$NEW" || exit; done';
      const theirs = await measure(["sh", "-c", loop, PROGRAM, ...names.slice(people)], {
        ...options,
        env: { ...env, TEMPORARY, NEW },
      });
      for (const name of names)
        if ((await pool.statusOf(name)) !== "CONFIRMED") throw new Error(`${name} was not walked`);

      const perPerson = theirs.wall / processes;
      const userPerPerson = theirs.user / processes;
      const [wall, user] = [(perPerson * people) / ours.wall, (userPerPerson * people) / ours.user];
      return {
        title: TITLE,
        how:
          "Temporary password → new password on moto, whose own CPU is not counted; both send the passwords as they are. Ours: " +
          "`npm run walk` without npm, which keeps to Cognito's quota of 30 new passwords a second here, too. Theirs: " +
          `\`bench/change_password.py\`, the article's program, a process for each person (boto3 ${boto3.stdout.trim()}); ` +
          `${count(processes)} people were walked, and ${count(people)} are ${count(people / processes)} times that.`,
        head: [`${count(people)} people`, "wall", "user CPU", "ratio of wall", "ratio of CPU"],
        rows: [
          ["ours, one process", seconds(ours.wall), seconds(ours.user), "1 ×", "1 ×"],
          [
            "a Python process each (extrapolated)",
            seconds(perPerson * people),
            seconds(userPerPerson * people),
            times(wall),
            times(user),
          ],
        ],
        targets: [
          {
            asks: "at least 20 × faster",
            measured: `${times(wall)} by the clock, ${times(user)} by CPU`,
            met: wall >= 20,
            inTheWay:
              `Cognito's quota of 30 new passwords a second, which ours keeps to: ${count(people)} can't be done in less than ` +
              `${seconds(people / 30)}. By CPU nothing waits.`,
          },
        ],
      };
    });
  } finally {
    await pool.stop();
  }
}
