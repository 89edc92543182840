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
}

/** `aws_cognito_user_pool_client.client`: what people sign in through. */
export class AppClient extends Construct {
  readonly id: string;
  /** Sensitive; undefined for a client without one. */
  readonly secret: string | undefined;

  constructor(scope: Construct, id: string, props: AppClientProps) {
    super(scope, id);
    const { name, userPoolId, secret = defaults.CLIENT_SECRET, oauth, sessionValidityMinutes } = props;
    const { identityProviders = oauth && defaults.IDENTITY_PROVIDERS_WITH_OAUTH } = props;
    const client = new CognitoUserPoolClient(this, "client", {
      ...defaults.CLIENT_ALWAYS,
      name: plainText(name),
      userPoolId,
      generateSecret: secret,
      explicitAuthFlows: [...authFlowsOf(props)],
      ...tokenValidity({ ...defaults.TOKEN_VALIDITY, ...props.tokenValidity }),
      ...(props.refreshTokenRotation && rotation(props.refreshTokenRotation)),
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

function rotation(props: RefreshTokenRotation): Partial<CognitoUserPoolClientConfig> {
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
