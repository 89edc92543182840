import { CognitoResourceServer } from "@cdktf/provider-aws/lib/cognito-resource-server/index.js";
import { TerraformIterator, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { type ResourceServers as Declared, resourceServerName } from "../resource-servers.ts";
import { plainText } from "../terraform-text.ts";

export interface ResourceServersProps {
  readonly userPoolId: string;
  readonly declared: Declared;
}

/** `aws_cognito_resource_server.servers["<identifier>"]`: the APIs that check tokens of this pool, and their scopes. */
export class ResourceServers extends Construct {
  /** A client with their scopes depends on these: Cognito refuses unknown scopes. */
  readonly servers: CognitoResourceServer;

  constructor(scope: Construct, id: string, { userPoolId, declared }: ResourceServersProps) {
    super(scope, id);
    const entries = Object.entries(declared);
    const names = this.local(
      "resource_server_names",
      entries.map(([identifier, server]) => [identifier, plainText(resourceServerName(identifier, server))]),
    );
    this.local(
      "resource_server_scopes",
      entries.map(([identifier, { scopes }]) => [
        identifier,
        Object.fromEntries(
          Object.entries(scopes).map(([name, description]) => [plainText(name), plainText(description)]),
        ),
      ]),
    );
    this.servers = new CognitoResourceServer(this, "servers", {
      forEach: TerraformIterator.fromMap(names.asStringMap),
      userPoolId,
      identifier: "${each.key}",
      name: "${each.value}",
      // A removed one is deleted after the client no longer uses its scopes.
      lifecycle: { createBeforeDestroy: true },
    });
    this.servers.addOverride("dynamic.scope", {
      for_each: "${local.resource_server_scopes[each.key]}",
      content: { scope_name: "${scope.key}", scope_description: "${scope.value}" },
    });
    this.servers.overrideLogicalId("servers");
  }

  private local(id: string, entries: readonly (readonly [string, unknown])[]): TerraformLocal {
    const map = Object.fromEntries(entries.map(([identifier, value]) => [plainText(identifier), value]));
    const local = new TerraformLocal(this, id, map);
    local.overrideLogicalId(id);
    return local;
  }
}
