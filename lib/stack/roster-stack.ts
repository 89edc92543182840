import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Roster } from "../roster/roster.ts";
import { type Adoption, adoptInto } from "./adoption.ts";
import { AppClient } from "./app-client.ts";
import { stateBackend } from "./backend.ts";
import { Groups } from "./groups.ts";
import { Outputs } from "./outputs.ts";
import { People } from "./people.ts";
import { awsProvider } from "./provider.ts";
import type { Settings } from "./settings.ts";
import { UserPool } from "./user-pool.ts";

export interface CognitoRosterStackProps {
  readonly settings: Settings;
  readonly roster: Roster;
  /** What exists already. @default nothing: what is not in the state is created */
  readonly adopt?: Adoption | undefined;
  /** Where `AWS_ENDPOINT_URL…` is looked up. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** Everything that is deployed: the pool, its app client, its people and groups, and the outputs. */
export class CognitoRosterStack extends TerraformStack {
  constructor(
    scope: Construct,
    id: string,
    { settings, roster, adopt, env = process.env }: CognitoRosterStackProps,
  ) {
    super(scope, id);
    const destroyable = settings.destroyable ?? false;
    const { people } = roster;

    stateBackend(this, {
      settings: settings.backend ?? { type: "local" },
      stack: id,
      region: settings.region,
      env,
    });
    awsProvider(this, settings.region, env);

    const pool = new UserPool(this, "user-pool", { ...settings.pool, destroyable });
    const client = new AppClient(this, "app-client", { ...settings.client, userPoolId: pool.id });
    const { users, leaving } = new People(this, "people", { userPoolId: pool.id, people, destroyable });
    new Groups(this, "groups", { userPoolId: pool.id, people, after: [users, leaving] });
    new Outputs(this, "outputs", {
      userPoolId: pool.id,
      clientId: client.id,
      passwordPolicy: pool.passwordPolicy,
      clientSecret: client.secret,
      signInFlow: settings.client.signInFlow,
    });
    if (adopt !== undefined) adoptInto(this, adopt, people);
  }
}
