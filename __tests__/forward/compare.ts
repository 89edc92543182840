import { isDeepStrictEqual } from "node:util";

/** A cdk.tf.json, as far as it is looked into here: the comment says which release wrote it. */
export interface Configuration {
  readonly "//": { readonly metadata: { readonly version: string } };
  readonly terraform: { readonly required_providers: { readonly aws: RequiredProvider } };
}

interface RequiredProvider {
  /** `aws` and `hashicorp/aws` are one provider. */
  readonly source: string;
  readonly version: string;
}

/** What may differ, and what it must be then. */
export interface Expected {
  /** The release that wrote it. */
  readonly version: string;
  /** The release of the AWS provider. @default as it was */
  readonly provider?: string;
}

export interface Difference {
  /** JSON pointer (RFC 6901), such as `/resource/aws_cognito_user_pool/pool/name`. */
  readonly path: string;
  /** Undefined where there is nothing at that path. */
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * What else differs than the two releases, which must be the expected ones. How the text is laid out says nothing, the order of an
 * array does.
 */
export function compare(before: Configuration, after: Configuration, expected: Expected): Difference[] {
  const { aws } = before.terraform.required_providers;
  return differences(
    withReleases(before, { version: expected.version, provider: expected.provider ?? aws.version }),
    withReleases(after, {}),
    "",
  );
}

function withReleases(one: Configuration, { version, provider }: Partial<Expected>): Configuration {
  const { metadata } = one["//"];
  const { required_providers } = one.terraform;
  const { aws } = required_providers;
  const source = aws.source === "aws" ? "hashicorp/aws" : aws.source;
  return {
    ...one,
    "//": { ...one["//"], metadata: { ...metadata, version: version ?? metadata.version } },
    terraform: {
      ...one.terraform,
      required_providers: {
        ...required_providers,
        aws: { ...aws, source, version: provider ?? aws.version },
      },
    },
  };
}

function differences(before: unknown, after: unknown, path: string): Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isBranch(before) || !isBranch(after) || Array.isArray(before) !== Array.isArray(after)) {
    return [{ path, before, after }];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    differences(before[key], after[key], `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`),
  );
}

const isBranch = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
