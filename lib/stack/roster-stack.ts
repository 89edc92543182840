import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Roster } from "../roster/roster.ts";
import { type Adoption, adoptInto } from "./adoption.ts";
import { AppClient } from "./app-client.ts";
import { stateBackend } from "./backend.ts";
import { Groups } from "./groups.ts";
import { membershipKey, movesOf, type Recorded } from "./moves.ts";
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
  /** What the state has: makes the plan of many people cheaper. @default unknown */
  readonly recorded?: readonly Recorded[] | undefined;
  /** Where `AWS_ENDPOINT_URL…` is looked up. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** Everything that is deployed: the pool, its app client, its people and groups, and the outputs. */
export class CognitoRosterStack extends TerraformStack {
  constructor(
    scope: Construct,
    id: string,
    { settings, roster, adopt, recorded, env = process.env }: CognitoRosterStackProps,
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
    new People(this, "people", { userPoolId: pool.id, people, destroyable });
    new Groups(this, "groups", {
      userPoolId: pool.id,
      people,
      without: new Set(
        adopt?.existingMemberships?.map(({ username, group }) => membershipKey(username, group)),
      ),
    });
    this.addOverride("moved", movesOf(people, recorded));
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
