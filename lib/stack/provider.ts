import { AwsProvider, type AwsProviderConfig } from "@cdktf/provider-aws/lib/provider/index.js";
import type { Construct } from "constructs";

/** The provider release that @cdktf/provider-aws 20.1.0 was generated from, pinned by it in `required_providers`. */
export const AWS_PROVIDER = { source: "hashicorp/aws", version: "5.100.0" } as const;

/**
 * The AWS provider. Credentials, profile, region and endpoints come from the AWS environment variables and files.
 * Where the environment sends Cognito to another endpoint, the account is not looked up first: emulators often have
 * no STS, and with dummy credentials the lookup would go to the real one.
 * @param region AWS region, or undefined to leave it to the environment
 */
export function awsProvider(
  scope: Construct,
  region: string | undefined,
  env: NodeJS.ProcessEnv,
): AwsProvider {
  const otherEndpoint = env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER || env.AWS_ENDPOINT_URL;
  const config: AwsProviderConfig = {
    ...(region === undefined ? {} : { region }),
    ...(otherEndpoint
      ? { skipCredentialsValidation: true, skipRequestingAccountId: true, skipMetadataApiCheck: "true" }
      : {}),
  };
  return new AwsProvider(scope, "aws", config);
}
