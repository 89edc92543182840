import { isDeepStrictEqual } from "node:util";

/** A cdk.tf.json, as far as it is looked into here: the comment says which release wrote it. */
export interface Configuration {
  readonly "//": { readonly metadata: { readonly version: string } };
}

export interface Difference {
  /** JSON pointer (RFC 6901), such as `/resource/aws_cognito_user_pool/pool/name`. */
  readonly path: string;
  /** Undefined where there is nothing at that path. */
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * What else differs than the release that wrote it, which must be the expected one. How the text is laid out says nothing,
 * the order of an array does.
 * @param version what `after` must have been written by
 */
export function compare(before: Configuration, after: Configuration, version: string): Difference[] {
  const { "//": comment, ...rest } = before;
  const expected = { "//": { ...comment, metadata: { ...comment.metadata, version } }, ...rest };
  return differences(expected, after, "");
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
