// Writes the plans in fixtures/ anew: npm run fixtures
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { execa } from "execa";
import { startMoto } from "../../lib/local/moto.ts";
import { fixturePath } from "./fixtures.ts";
import { realPlans } from "./real-plans.ts";

const moto = await startMoto();
try {
  for await (const { name, ...fixture } of realPlans(moto.endpoint)) {
    mkdirSync(dirname(fixturePath(name)), { recursive: true });
    writeFileSync(fixturePath(name), `${JSON.stringify(fixture)}\n`);
    await execa("npx", ["biome", "format", "--write", fixturePath(name)]);
    process.stderr.write(`${name}: ${fixture.summary}\n`);
  }
} finally {
  await moto.stop();
}
