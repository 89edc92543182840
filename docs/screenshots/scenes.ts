import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { emulatorEnvironment, Project } from "../../__tests__/support/project.ts";
import { startMoto } from "../../lib/local/moto.ts";
import { record } from "./recording.ts";

/** The whole way with this repository's own roster. */
export function rehearsal(): Promise<string> {
  return inProject({}, (project) => record("npm run local", project.directory));
}

/** Five people are deployed on moto; then one joins, one leaves, one changes and one is deleted: one removal too many. */
export async function plan(): Promise<string> {
  const moto = await startMoto();
  const env = emulatorEnvironment(moto.endpoint);
  try {
    return await inProject(env, async (project) => {
      project.configure('client: { name: "app" }', 'client: { name: "app" },\n  guards: { maxRemovals: 1 }');
      const staying = { "ci-bot@example.com": { invite: "none" }, "sam@example.com": {} };
      project.writeRoster({
        ...staying,
        "hanako@example.com": { attributes: { name: "Hanako" }, groups: ["ops"] },
        "olga@example.com": { enabled: false, leaving: true },
        "taro@example.com": { groups: ["ops"] },
      });
      const deployed = await project.run("npm run deploy -- --yes");
      if (deployed.exitCode !== 0) throw new Error(deployed.all);
      project.writeRoster({
        ...staying,
        "amelie@example.com": { groups: ["ops"] },
        "hanako@example.com": { attributes: { name: "Hanako Yamada" }, groups: ["ops", "admins"] },
        "taro@example.com": { groups: ["ops"], leaving: true },
      });
      return record("npm run plan", project.directory, env);
    });
  } finally {
    await moto.stop();
  }
}

const WRONG = `{
  "users": {
    "hanako@example.com": { "attributes": { "name": "Hanako" }, "grops": ["ops"] },
    "ci-bot@example.com": { "invite": "none", "password": "correct-horse" },
    "maria@example.com": { "phone": "0600000000" },
    "Hanako@example.com": { "leaving": "yes" }
  }
}
`;

/** A roster with an error in every line. */
export function check(): Promise<string> {
  return inProject({}, (project) => {
    writeFileSync(join(project.directory, "users.json"), WRONG);
    return record("npm run check", project.directory);
  });
}

/** In a team's copy of this repository, which is removed in the end. */
async function inProject<T>(env: NodeJS.ProcessEnv, use: (project: Project) => Promise<T>): Promise<T> {
  const project = new Project(env);
  try {
    return await use(project);
  } finally {
    project.remove();
  }
}
