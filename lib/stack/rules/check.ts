import { closest } from "../../roster/problem.ts";
import { quote } from "../../roster/redact.ts";
import { CLIENT_ATTRIBUTES } from "../attributes.ts";
import { CLIENT_KEY, clientsOf, type DeclaredClient, signsPeopleIn } from "../clients.ts";
import { authFlowsOf } from "../defaults.ts";
import { domainNameOf } from "../domain.ts";
import { scopesOf } from "../resource-servers.ts";
import type { ClientSettings, Settings } from "../settings.ts";
import { asIsProblems } from "./arguments.ts";
import { declaredAttributes } from "./attributes.ts";
import { clientProblems } from "./client.ts";
import * as limits from "./cognito-limits.ts";
import { concerns, problemsOfEnvironments } from "./environments.ts";
import { choiceProblems } from "./factors.ts";
import { groupProblems } from "./groups.ts";
import { identityPoolProblems } from "./identity-pool.ts";
import { identityProviderProblems } from "./identity-providers.ts";
import { type ConfigSource, locateSetting } from "./locate.ts";
import { POOL_RULES } from "./pool.ts";
import { doubtful, refused, type SettingProblem, SettingsError, settingPath, wrong } from "./problem.ts";
import { asFarAsReadable, readablePart } from "./readable.ts";
import { resourceServerProblems } from "./resource-servers.ts";
import { shapeProblems } from "./shape.ts";
import { timeZoneProblems } from "./time-zone.ts";
import { triggerSurroundings } from "./triggers.ts";

/** A reference as cdktf writes it into a text, such as the ARN of a Lambda function of the same app. */
const REFERENCE = /[$#]\{TfToken\[/;

/** Where a reference alone is allowed: in Terraform's arguments, and where another resource's ARN belongs. */
const MAY_REFER: ReadonlySet<string> = new Set([
  "asIs",
  "roleArn",
  "sourceArn",
  "snsCallerArn",
  "certificateArn",
  "triggers",
]);

/** References where plain text belongs: they can't be checked, and Terraform would get the raw marker. */
function* strayReferences(setting: string, value: unknown): Generator<SettingProblem> {
  if (typeof value === "string" && REFERENCE.test(value)) {
    yield wrong({
      setting,
      message: "it refers to another resource",
      why: "Only literal text can be checked; Terraform would treat the reference as text.",
      next: "Write the value out, or use `asIs`, which accepts a reference on its own.",
    });
  }
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (MAY_REFER.has(name)) continue;
    yield* strayReferences(Array.isArray(value) ? `${setting}[${name}]` : `${setting}.${name}`, inner);
  }
}

/**
 * Everything that is wrong or doubtful in the settings, all at once. Cognito would refuse most of it halfway through an apply,
 * one by one, and accept the rest.
 * @param source the config.ts that they come from: problems then have their place in it. @default your own app
 */
export function checkSettings(settings: Settings, source?: ConfigSource): SettingProblem[] {
  const problems =
    Object(settings).environments === undefined
      ? problemsOf(settings)
      : problemsOfEnvironments(settings, problemsOf);
  if (source === undefined) return problems;
  return problems
    .map((problem) => ({ ...problem, location: locateSetting(source, problem.setting) }))
    .sort(
      ({ location: a }, { location: b }) =>
        (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    );
}

function problemsOf(settings: Settings): SettingProblem[] {
  const { unknown, unreadable, unreadablePaths } = shapeProblems(settings);
  // The rules of a section rely on its shape; those of the pool, which has the most, on what they read of it.
  type Section =
    | "client"
    | "clients"
    | "groups"
    | "resourceServers"
    | "identityProviders"
    | "identityPool"
    | "timeZone";
  const readable = (section: Section) =>
    !unreadable.some(({ setting }) => setting === "config" || RegExp(`^${section}\\b`).test(setting));
  const hasPool = !unreadablePaths.some(
    (path) => path.length === 0 || (path.length === 1 && path[0] === "pool"),
  );
  const inPool = unreadablePaths.filter(([section]) => section === "pool").map(([, ...path]) => path);
  const readablePool = hasPool ? readablePart(settings.pool, inPool) : undefined;
  const ofPool = (rule: (pool: Settings["pool"]) => Iterable<SettingProblem>) =>
    readablePool === undefined ? [] : [...asFarAsReadable(() => rule(readablePool))];
  const hasClient = readable("client") && readable("clients");
  const clients = hasClient ? clientsOf(settings) : [];
  const groups = readable("groups") ? (settings.groups ?? {}) : {};
  const servers = readable("resourceServers") ? settings.resourceServers : undefined;
  const providers = readable("identityProviders") ? settings.identityProviders : undefined;
  return [
    ...unknown,
    ...unreadable,
    ...POOL_RULES.flatMap(ofPool),
    ...clientsProblems(settings),
    ...clients.flatMap((client) => [...clientProblems(client)]),
    ...ofPool((pool) => asIsProblems("pool", pool, pool)),
    ...clients.flatMap(({ section, settings: own }) => [...asIsProblems(section, own, settings.pool)]),
    ...ofPool((pool) => strayReferences("pool", pool)),
    ...(readable("timeZone") ? timeZoneProblems(settings.timeZone) : []),
    ...groupProblems(groups),
    ...(hasClient && readable("identityPool") ? identityPoolProblems(settings) : []),
    ...resourceServerProblems(servers),
    ...ofPool((pool) => identityProviderProblems(providers, pool)),
    ...clients.flatMap(({ section, settings: own }) => [...strayReferences(section, own)]),
    ...strayReferences("groups", groups),
    ...strayReferences("resourceServers", servers),
    ...strayReferences("identityProviders", providers),
    ...clients.flatMap((client) =>
      TOGETHER.flatMap((rule) =>
        ofPool((pool) =>
          rule(
            { ...settings, pool, resourceServers: servers ?? {}, identityProviders: providers ?? {} },
            client,
          ),
        ),
      ),
    ),
    ...ofPool((pool) => surroundings({ ...settings, pool }, clients)),
  ];
}

/**
 * Refuses unusable settings.
 * @param source as for `checkSettings`
 * @param environment the selected one: problems of others don't matter. @default all of them
 * @returns the warnings about usable settings
 * @throws SettingsError (exit code 2) with every error
 */
export function requireUsable(
  settings: Settings,
  source?: ConfigSource,
  environment?: string,
): SettingProblem[] {
  const problems = checkSettings(settings, source).filter((problem) => concerns(problem, environment));
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new SettingsError(errors);
  return problems;
}

/** What is wrong with the app clients in combination. */
function* clientsProblems(settings: Settings): Generator<SettingProblem> {
  const { client, clients } = Object(settings) as Partial<Settings>;
  if (clients === undefined) return;
  const keys = Object.keys(Object(clients));
  if (client !== undefined) {
    yield wrong({
      setting: "client",
      message: "it can't be used together with clients",
      why: "It wouldn't be clear which app client is meant.",
      next: "Move it into clients, under a name. It stays the same client as long as its `name` stays.",
    });
  }
  if (keys.length === 0) {
    yield wrong({
      setting: "clients",
      message: "it is empty",
      why: "People sign in through an app client.",
      next: 'Add one: { app: { name: "app" } }.',
    });
  }
  const declared = Object.values<ClientSettings>(Object(clients));
  if (declared.length > 0 && !declared.some((one) => signsPeopleIn(Object(one)))) {
    yield doubtful({
      setting: "clients",
      message: "none of them is for people",
      why: "They all have clientCredentials, which is for machines; commands about people need another client.",
      next: "Add one without clientCredentials.",
    });
  }
  const names = new Map<unknown, string>();
  const stores = new Map<string, string>();
  for (const key of keys) {
    const setting = settingPath(["clients", key]);
    if (!CLIENT_KEY.test(key)) {
      yield wrong({
        setting,
        message: `${quote(key)} can't be the key of an app client`,
        why: "It becomes part of an address in Terraform's state, and of --client NAME.",
        next: "Use at most 32 lowercase letters, digits and _, starting with a letter. What Cognito calls it is `name`.",
      });
    }
    const { name, secretStore } = Object(clients[key]);
    const store = JSON.stringify(secretStore);
    const sharing = stores.get(store);
    if (store !== undefined && sharing !== undefined) {
      yield wrong({
        setting: `${setting}.secretStore`,
        message: `clients.${sharing} stores its secret there`,
        why: "AWS would refuse the second one halfway through the deploy, because the name is taken.",
        next: "Use another place.",
      });
    }
    stores.set(store, sharing ?? key);
    const other = names.get(name);
    if (other !== undefined) {
      yield doubtful({
        setting: `${setting}.name`,
        message: `clients.${other} has the same name`,
        why: "A client that moves within config.ts is recognized by its name, which must be unique.",
        next: "Rename it, unless it was adopted.",
      });
    }
    names.set(name, key);
  }
}

/** What the pool's functions require of any of its app clients. */
function* surroundings(
  { pool, region }: Settings,
  clients: readonly DeclaredClient[],
): Generator<SettingProblem> {
  const [first] = clients;
  if (first === undefined) return;
  const flows = clients.flatMap(({ settings }) => authFlowsOf(settings));
  yield* triggerSurroundings(pool, region, first.section, flows);
}

/** What is wrong with an app client and the rest of the settings in combination. */
const TOGETHER: readonly ((settings: Settings, client: DeclaredClient) => Iterable<SettingProblem>)[] = [
  unknownScopes,
  ({ pool }, { section, settings: own }) =>
    signsPeopleIn(own) ? choiceProblems(pool, section, authFlowsOf(own)) : [],
  otherProviders,
  attributeProblems,
  missingDomain,
];

function* missingDomain(
  { pool }: Settings,
  { section, settings: own }: DeclaredClient,
): Generator<SettingProblem> {
  const opens = own.oauth === undefined ? "clientCredentials" : "oauth";
  if ((own.oauth ?? own.clientCredentials) !== undefined && domainNameOf(pool) === undefined) {
    yield doubtful({
      setting: "pool.domainPrefix",
      message: `the pool has no domain, but ${section === "client" ? "the client" : section} has ${opens}`,
      why:
        opens === "oauth"
          ? "Cognito's sign-in pages are on the pool's domain; without one, no one can open them."
          : "Tokens are issued at the pool's domain; without one, the machine gets none.",
      next: "Add a prefix, unless the pool gets its domain elsewhere.",
    });
  }
}

/** Sources: CreateUserPoolClient, ReadAttributes and WriteAttributes. */
function* attributeProblems(
  { pool }: Settings,
  { section, settings: own }: DeclaredClient,
): Generator<SettingProblem> {
  const { names: custom, schema } = declaredAttributes(pool);
  const known = [...CLIENT_ATTRIBUTES, ...custom];
  const required = schema.flatMap(({ name, required: is }) => (is === true ? [name] : []));
  for (const list of ["readAttributes", "writeAttributes"] as const) {
    const names = own[list];
    if (names === undefined) continue;
    for (const [index, name] of names.entries()) {
      const setting = `${section}.${list}[${index}]`;
      if (!known.includes(name)) {
        const meant = closest(name.replace(/^custom:/, ""), known);
        yield wrong({
          setting,
          message: `the pool has no attribute ${quote(name)}`,
          why: refused("CreateUserPoolClient"),
          next: meant
            ? `Did you mean ${quote(meant)}?`
            : "Write a standard attribute, or one of pool.customAttributes, without custom:.",
        });
      } else if (list === "writeAttributes" && /_verified$/.test(name)) {
        yield wrong({
          setting,
          message: `apps can't write ${quote(name)}`,
          why: refused("CreateUserPoolClient"),
          next: "Delete it: Cognito sets it when a person has verified the address or number.",
        });
      }
    }
    const missing = required.filter((name) => !names.includes(name));
    if (list === "writeAttributes" && missing.length > 0) {
      yield wrong({
        setting: `${section}.writeAttributes`,
        message: `${missing.map(quote).join(", ")} must be listed: the pool requires ${missing.length === 1 ? "it" : "them"} of everybody`,
        why: refused("CreateUserPoolClient"),
        next: "Add what is missing.",
      });
    }
    if (names.length === 0) {
      yield wrong({
        setting: `${section}.${list}`,
        message: "it is empty",
        why: "Cognito treats an empty list as all attributes.",
        next: "Name at least one, or delete it.",
      });
    }
  }
}

/** Existing scopes: Cognito's own, those of the resource servers, and those that `asIs` declares. */
const knownScopes = ({ resourceServers }: Settings, { settings }: DeclaredClient): ReadonlySet<string> =>
  new Set([
    ...limits.STANDARD_SCOPES,
    ...scopesOf(resourceServers),
    ...listed(settings.asIs?.allowedOauthScopes),
  ]);

/** A scope of a missing resource server: Cognito refuses it (ScopeDoesNotExistException). */
function* unknownScopes(settings: Settings, client: DeclaredClient): Generator<SettingProblem> {
  const { section, settings: own } = client;
  const known = knownScopes(settings, client);
  const ours = scopesOf(settings.resourceServers);
  const elsewhere = `If the resource server is created elsewhere, put all scopes into ${section}.asIs.allowedOauthScopes instead.`;
  for (const grant of ["oauth", "clientCredentials"] as const) {
    for (const [index, scope] of (own[grant]?.scopes ?? []).entries()) {
      if (known.has(scope) || !limits.SCOPE.test(scope)) continue;
      const meant = closest(scope, [...known]);
      yield wrong({
        setting: `${section}.${grant}.scopes[${index}]`,
        message:
          ours.length === 0
            ? `${quote(scope)} is a scope of a resource server, and the pool has none`
            : `${quote(scope)} isn't a scope of any declared resource server`,
        why: refused("CreateUserPoolClient, ScopeDoesNotExistException"),
        next:
          ours.length > 0 && meant !== undefined
            ? `Did you mean ${quote(meant)}? Else declare it in resourceServers.`
            : `Cognito's own are ${limits.STANDARD_SCOPES.join(", ")}; declare others in resourceServers. ${elsewhere}`,
      });
    }
  }
}

/**
 * Providers that `identityProviders` doesn't declare. Only a warning: an adopted pool has its own, and another stack may create
 * one.
 */
function* otherProviders(
  { identityProviders = {} }: Settings,
  { section, settings: own }: DeclaredClient,
): Generator<SettingProblem> {
  const declared = Object.keys(identityProviders);
  const known = new Set(["COGNITO", ...declared, ...listed(own.asIs?.supportedIdentityProviders)]);
  const others = (own.identityProviders ?? []).filter(
    (provider) => !known.has(provider) && limits.IDENTITY_PROVIDER.test(provider),
  );
  if (others.length === 0) return;
  yield doubtful({
    setting: `${section}.identityProviders`,
    message: `nothing here creates ${others.map(quote).join(", ")}`,
    why: `The pool must have ${others.length === 1 ? "it" : "them"} before. Else: ${refused("CreateUserPoolClient")}`,
    next: `${didYouMean(others, declared)}Check that the pool has it, or leave it out. In ${section}.asIs.supportedIdentityProviders it isn't checked.`,
  });
}

function didYouMean([first = ""]: readonly string[], declared: readonly string[]): string {
  const meant = closest(first, declared);
  return meant === undefined ? "" : `Did you mean ${quote(meant)}? `;
}

/** A list that is written out; a reference to another resource is unknown. */
const listed = (names: unknown): readonly string[] =>
  Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
