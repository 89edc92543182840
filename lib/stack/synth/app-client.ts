import {
  CognitoUserPoolClient,
  type CognitoUserPoolClientConfig,
} from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret/index.js";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { qualifiedAttribute } from "../attributes.ts";
import type { AttributeList } from "../clients.ts";
import * as defaults from "../defaults.ts";
import { authFlowsOf } from "../defaults.ts";
import {
  type ClientCredentialsSettings,
  type ClientSettings,
  type OAuthSettings,
  partsOf,
  type RefreshTokenRotation,
  type SecretStore,
  type TokenValidity,
} from "../settings.ts";
import { plainText, writtenOut } from "../terraform-text.ts";

export interface AppClientProps extends ClientSettings {
  readonly userPoolId: string;
  /** The name of its block in Terraform's state. @default "client" */
  readonly block?: string;
  /** Which of its lists of attributes an earlier deploy set. @default neither */
  readonly attributesSaid?: readonly AttributeList[];
  /** What the state has of it. @default it is new, or the state is unknown */
  readonly deployed?: Readonly<Record<string, unknown>> | undefined;
  /** Whether Cognito is an emulator. @default false */
  readonly emulated?: boolean;
  /**
   * What it may refer to, and Cognito has to know first: identity providers, and the resource servers of its scopes. @default
   * nothing
   */
  readonly waitsFor?: readonly ITerraformDependable[];
}

/** An `aws_cognito_user_pool_client`: for people's sign-in, or for a machine. */
export class AppClient extends Construct {
  readonly id: string;
  /** Sensitive; undefined for a client without one, or whose secret is stored elsewhere. */
  readonly secret: string | undefined;

  constructor(scope: Construct, id: string, props: AppClientProps) {
    super(scope, id);
    const { name, userPoolId, block = "client", oauth, clientCredentials, deployed = {} } = props;
    const { secret = defaults.CLIENT_SECRET, secretStore } = props;
    const { sessionValidityMinutes = sessionUnsaid(deployed.auth_session_validity) } = props;
    const { identityProviders = oauth && defaults.IDENTITY_PROVIDERS_WITH_OAUTH } = props;
    const client = new CognitoUserPoolClient(this, "client", {
      ...defaults.CLIENT_ALWAYS,
      ...defaults.CLIENT_UNSAID,
      // The provider doesn't send false, which Cognito treats as false, and moto (5.2.1) as no change: an error after apply.
      ...(!props.emulated && { allowedOauthFlowsUserPoolClient: false }),
      name: plainText(name),
      userPoolId,
      generateSecret: secret,
      explicitAuthFlows: [...authFlowsOf(props)],
      ...tokenValidity({ ...defaults.TOKEN_VALIDITY, ...props.tokenValidity }),
      ...rotation(props.refreshTokenRotation, deployed.refresh_token_rotation),
      ...(oauth && hostedSignIn(oauth)),
      ...(clientCredentials && machineSignIn(clientCredentials)),
      ...attributePermissions(props),
      ...(identityProviders && { supportedIdentityProviders: identityProviders.map(plainText) }),
      ...(sessionValidityMinutes !== undefined && { authSessionValidity: sessionValidityMinutes }),
      ...(props.waitsFor?.length && { dependsOn: [...props.waitsFor] }),
      ...writtenOut(props.asIs ?? {}),
    });
    client.overrideLogicalId(block);
    this.id = client.id;
    this.secret = secret && secretStore === undefined ? client.clientSecret : undefined;
    if (secretStore !== undefined) storeSecret(this, secretStore, block, client.clientSecret);
  }
}

function tokenValidity({ accessToken, idToken, refreshToken }: Required<TokenValidity>) {
  const [access, identity, refresh] = [partsOf(accessToken), partsOf(idToken), partsOf(refreshToken)];
  return {
    accessTokenValidity: access.value,
    idTokenValidity: identity.value,
    refreshTokenValidity: refresh.value,
    tokenValidityUnits: [{ accessToken: access.unit, idToken: identity.unit, refreshToken: refresh.unit }],
  };
}

/** If nothing is set, nothing is written, unless something was set before. */
function sessionUnsaid(deployed: unknown): number | undefined {
  const unsaid = defaults.SESSION_VALIDITY_UNSAID;
  return typeof deployed === "number" && deployed > 0 && deployed !== unsaid ? unsaid : undefined;
}

function rotation(
  props: RefreshTokenRotation | undefined,
  deployed: unknown,
): Partial<CognitoUserPoolClientConfig> {
  if (props === undefined) {
    const present = Array.isArray(deployed) && deployed.length > 0;
    return present ? { refreshTokenRotation: [defaults.ROTATION_UNSAID] } : {};
  }
  const { gracePeriodSeconds } = { ...defaults.REFRESH_TOKEN_ROTATION, ...props };
  return { refreshTokenRotation: [{ feature: "ENABLED", retryGracePeriodSeconds: gracePeriodSeconds }] };
}

function hostedSignIn(props: OAuthSettings): Partial<CognitoUserPoolClientConfig> {
  const { flows, scopes, callbackUrls, logoutUrls } = { ...defaults.OAUTH, ...props };
  return {
    // Without it, Cognito stores the rest and ignores it.
    allowedOauthFlowsUserPoolClient: true,
    allowedOauthFlows: [...flows],
    allowedOauthScopes: scopes.map(plainText),
    callbackUrls: callbackUrls.map(plainText),
    ...(logoutUrls.length > 0 && { logoutUrls: logoutUrls.map(plainText) }),
  };
}

function machineSignIn({ scopes }: ClientCredentialsSettings): Partial<CognitoUserPoolClientConfig> {
  return {
    allowedOauthFlowsUserPoolClient: true,
    allowedOauthFlows: ["client_credentials"],
    allowedOauthScopes: scopes.map(plainText),
  };
}

/**
 * The provider names custom attributes with their prefix, and keeps the old value of what is left out (5.100.0: optional and
 * computed). An empty list means Cognito's default again, all of them: it is only written once another list was set for the
 * same client. An adopted client may have lists of which config.ts sets none, or one.
 */
function attributePermissions({
  readAttributes,
  writeAttributes,
  attributesSaid = [],
}: AppClientProps): Partial<CognitoUserPoolClientConfig> {
  const written = (list: AttributeList, names: readonly string[] | undefined) =>
    names?.map((name) => plainText(qualifiedAttribute(name))) ??
    (attributesSaid.includes(list) ? [] : undefined);
  const read = written("readAttributes", readAttributes);
  const write = written("writeAttributes", writeAttributes);
  return { ...(read && { readAttributes: read }), ...(write && { writeAttributes: write }) };
}

/** Encrypted with the account's own key for the service; anyone who may read it there has the secret. */
function storeSecret(scope: Construct, store: SecretStore, block: string, secret: string): void {
  const description = "The secret of an app client of Amazon Cognito";
  if ("ssm" in store) {
    const parameter = new SsmParameter(scope, "secret", {
      name: plainText(store.ssm),
      description,
      type: "SecureString",
      value: secret,
    });
    parameter.overrideLogicalId(`secret_of_${block}`);
    return;
  }
  const kept = new SecretsmanagerSecret(scope, "secret", {
    name: plainText(store.secretsManager),
    description,
  });
  kept.overrideLogicalId(`secret_of_${block}`);
  const version = new SecretsmanagerSecretVersion(scope, "secret-version", {
    secretId: kept.id,
    secretString: secret,
  });
  version.overrideLogicalId(`secret_of_${block}`);
}
