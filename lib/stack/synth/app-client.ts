import {
  CognitoUserPoolClient,
  type CognitoUserPoolClientConfig,
} from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import { Construct } from "constructs";
import * as defaults from "../defaults.ts";
import { authFlowsOf } from "../defaults.ts";
import {
  type ClientSettings,
  type OAuthSettings,
  partsOf,
  type RefreshTokenRotation,
  type TokenValidity,
} from "../settings.ts";
import { plainText, writtenOut } from "../terraform-text.ts";

export interface AppClientProps extends ClientSettings {
  readonly userPoolId: string;
  /** What the state has of it. @default it is new, or nobody knows */
  readonly deployed?: Readonly<Record<string, unknown>> | undefined;
  /** Whether Cognito is an emulator. @default false */
  readonly emulated?: boolean;
}

/** `aws_cognito_user_pool_client.client`: what people sign in through. */
export class AppClient extends Construct {
  readonly id: string;
  /** Sensitive; undefined for a client without one. */
  readonly secret: string | undefined;

  constructor(scope: Construct, id: string, props: AppClientProps) {
    super(scope, id);
    const { name, userPoolId, secret = defaults.CLIENT_SECRET, oauth, deployed = {} } = props;
    const { sessionValidityMinutes = sessionUnsaid(deployed.auth_session_validity) } = props;
    const { identityProviders = oauth && defaults.IDENTITY_PROVIDERS_WITH_OAUTH } = props;
    const client = new CognitoUserPoolClient(this, "client", {
      ...defaults.CLIENT_ALWAYS,
      ...defaults.CLIENT_UNSAID,
      // The provider does not send false, which Cognito takes for false, and moto (5.2.1) for no change: an error after apply.
      ...(!props.emulated && { allowedOauthFlowsUserPoolClient: false }),
      name: plainText(name),
      userPoolId,
      generateSecret: secret,
      explicitAuthFlows: [...authFlowsOf(props)],
      ...tokenValidity({ ...defaults.TOKEN_VALIDITY, ...props.tokenValidity }),
      ...rotation(props.refreshTokenRotation, deployed.refresh_token_rotation),
      ...(oauth && hostedSignIn(oauth)),
      ...(identityProviders && { supportedIdentityProviders: identityProviders.map(plainText) }),
      ...(sessionValidityMinutes !== undefined && { authSessionValidity: sessionValidityMinutes }),
      ...writtenOut(props.asIs ?? {}),
    });
    client.overrideLogicalId("client");
    this.id = client.id;
    this.secret = secret ? client.clientSecret : undefined;
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

/** Where the team says nothing: nothing either, unless it has said something before. */
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
    // Without it Cognito keeps the rest and ignores it.
    allowedOauthFlowsUserPoolClient: true,
    allowedOauthFlows: [...flows],
    allowedOauthScopes: scopes.map(plainText),
    callbackUrls: callbackUrls.map(plainText),
    ...(logoutUrls.length > 0 && { logoutUrls: logoutUrls.map(plainText) }),
  };
}
