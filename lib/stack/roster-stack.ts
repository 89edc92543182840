import { LocalBackend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Roster } from "../roster/roster.ts";
import { AppClient } from "./app-client.ts";
import { Groups } from "./groups.ts";
import { Outputs } from "./outputs.ts";
import { People } from "./people.ts";
import { awsProvider } from "./provider.ts";
import type { Settings } from "./settings.ts";
import { UserPool } from "./user-pool.ts";

export interface CognitoRosterStackProps {
  readonly settings: Settings;
  readonly roster: Roster;
  /** Where `AWS_ENDPOINT_URL…` is looked up. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** Everything that is deployed: the pool, its app client, its people and groups, and the outputs. */
export class CognitoRosterStack extends TerraformStack {
  constructor(
    scope: Construct,
    id: string,
    { settings, roster, env = process.env }: CognitoRosterStackProps,
  ) {
    super(scope, id);
    const destroyable = settings.destroyable ?? false;
    const { people } = roster;

    // Relative to the stack's directory, so beside cdktf.out: cdktf would write this machine's absolute path.
    new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
    awsProvider(this, settings.region, env);

    const pool = new UserPool(this, "user-pool", { ...settings.pool, destroyable });
    const client = new AppClient(this, "app-client", { ...settings.client, userPoolId: pool.id });
    const { users, leaving } = new People(this, "people", { userPoolId: pool.id, people, destroyable });
    new Groups(this, "groups", { userPoolId: pool.id, people, after: [users, leaving] });
    new Outputs(this, "outputs", {
      userPoolId: pool.id,
      clientId: client.id,
      passwordPolicy: pool.passwordPolicy,
    });
  }
}
