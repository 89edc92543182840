import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { entries } from "../support/people.ts";

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** As `cdktf init --template=typescript` installs them; TypeScript's last release that ts-node 10 can use. */
export const TOOLCHAIN = ["ts-node@10.9.2", "typescript@5.9.3", "@types/node@20.19.43", "@types/jest@30.0.0"];

/** What 10 people need in the template: the way that cdktf's own pages show. */
const STOCK_WITH_PEOPLE = `
import { Construct } from "constructs";
import { App, TerraformIterator, TerraformStack } from "cdktf";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { CognitoUser } from "@cdktf/provider-aws/lib/cognito-user";
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import * as roster from "./users.json";

class MyStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AwsProvider(this, "aws");
    const pool = new CognitoUserPool(this, "pool", { name: "people", usernameAttributes: ["email"] });
    new CognitoUserPoolClient(this, "client", { name: "app", userPoolId: pool.id });
    const people = TerraformIterator.fromMap(roster.users);
    new CognitoUser(this, "users", {
      forEach: people,
      userPoolId: pool.id,
      username: people.key,
      attributes: people.getStringMap("attributes"),
    });
  }
}

const app = new App();
new MyStack(app, "stock");
app.synth();
`;

/**
 * Makes the template that `cdktf init --template=typescript` writes, as it comes and with people.
 * @param people how many the second one has
 * @returns their directories, in the scratch one; or why not, where npm can't install what they need
 */
export async function stockTemplate(
  scratch: string,
  people: number,
  signal: AbortSignal,
): Promise<{ readonly empty: string; readonly withPeople: string } | string> {
  const template = join(MODULES, "cdktf-cli", "bundle", "templates", "typescript");
  const empty = join(scratch, "empty");
  mkdirSync(empty);
  for (const file of ["main.ts", "package.json", "tsconfig.json"]) {
    const text = readFileSync(join(template, file), "utf8").replaceAll("{{ $base }}", "stock");
    writeFileSync(join(empty, file), text);
  }
  const install = [
    "install",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--save-exact",
    "-D",
    ...TOOLCHAIN,
  ];
  const { failed, stderr } = await execa("npm", install, { cwd: empty, reject: false, cancelSignal: signal });
  signal.throwIfAborted();
  if (failed) return `npm could not install ${TOOLCHAIN.join(", ")} (${stderr.split("\n").at(-1)})`;
  // The very cdktf and provider bindings that ours runs with.
  mkdirSync(join(empty, "node_modules", "@cdktf"));
  for (const name of ["cdktf", "constructs", "@cdktf/provider-aws"])
    symlinkSync(join(MODULES, name), join(empty, "node_modules", name));
  const withPeople = join(scratch, "with-people");
  cpSync(empty, withPeople, { recursive: true, verbatimSymlinks: true });
  writeFileSync(join(withPeople, "main.ts"), STOCK_WITH_PEOPLE);
  writeFileSync(join(withPeople, "users.json"), JSON.stringify({ users: entries(people) }));
  return { empty, withPeople };
}
