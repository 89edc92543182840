/** An API that checks this pool's access tokens: it defines the custom scopes that clients may request. */
export interface ResourceServerSettings {
  /** Shown in the console, 1–256 letters, digits, spaces and `_ + = , . @ -`. @default made from the identifier */
  readonly name?: string;
  /** What a token may be used for: each scope with a description, 1–256 characters; apps request `IDENTIFIER/SCOPE`. */
  readonly scopes: Readonly<Record<string, string>>;
}

/** By their identifiers, such as "https://api.example.com". */
export type ResourceServers = Readonly<Record<string, ResourceServerSettings>>;

/** Every scope as a client requests it. */
export function scopesOf(servers: ResourceServers = {}): string[] {
  return Object.entries(servers).flatMap(([identifier, { scopes }]) =>
    Object.keys(scopes).map((scope) => `${identifier}/${scope}`),
  );
}

/** The name in the console: the identifier, in characters that Cognito allows there. */
export function resourceServerName(identifier: string, { name }: ResourceServerSettings): string {
  return name ?? identifier.replace(/[^\w+=,.@-]+/g, "-").slice(0, 256);
}
