import { CognitoUser, type CognitoUserConfig } from "@cdktf/provider-aws/lib/cognito-user/index.js";
import {
  type ITerraformDependable,
  TerraformIterator,
  TerraformLocal,
  TerraformVariable,
  Token,
} from "cdktf";
import { Construct } from "constructs";
import { STANDARD_ATTRIBUTES } from "../../roster/formats.ts";
import type { Person } from "../../roster/roster.ts";
import { plainText } from "../terraform-text.ts";
import { blocksOf, SHARD_SUFFIXES } from "./shards.ts";

export interface PeopleProps {
  readonly userPoolId: string;
  readonly people: readonly Person[];
  /** Without it, Terraform refuses to delete anyone who is not leaving. */
  readonly destroyable: boolean;
  /** What has to exist before the first of them. @default the pool alone */
  readonly after?: readonly ITerraformDependable[];
  /** The pool's own attributes, without their prefix. @default none */
  readonly customAttributes?: readonly string[];
  /** Attributes that an earlier deploy set: once no line has them any more, they are erased. @default none */
  readonly namedBefore?: ReadonlySet<string>;
}

/**
 * Arguments that Cognito only reads when it creates a person (provider 5.100.0, aws_cognito_user). Later they would only show a
 * difference, and a changed temporary password would reset a person who has finished the first login to it.
 */
const CREATION_ONLY = [
  "temporary_password",
  "password",
  "message_action",
  "desired_delivery_mediums",
  "force_alias_creation",
  "validation_data",
  "client_metadata",
];

/**
 * What Cognito keeps about a person besides the roster's attributes, and linked identity providers, which no one can remove.
 */
const OTHER_ATTRIBUTES = ["email", "email_verified", "phone_number", "phone_number_verified", "identities"];

/**
 * Attributes that no line of the roster has belong to the person: the provider (5.100.0) would erase them, like everything that
 * the state has and the configuration lacks.
 */
function ownAttributes({ people, customAttributes = [], namedBefore = new Set() }: PeopleProps): string[] {
  const named = new Set(people.flatMap((person) => Object.keys(valuesOf(person).attributes)));
  return [...Object.keys(STANDARD_ATTRIBUTES), ...OTHER_ATTRIBUTES, ...customAttributes]
    .filter((name) => !named.has(name) && !namedBefore.has(name))
    .map((name) => `attributes[${JSON.stringify(name)}]`);
}

/**
 * The people: `aws_cognito_user.users["<username>"]` and, while they are leaving, `aws_cognito_user.leaving["<username>"]`.
 * Many are spread over `users_00`, `leaving_00`, … `users_63`, `leaving_63` (`shards.ts`).
 *
 * Terraform evaluates a for_each expression again for every instance, so it is a flat map of names, and the values are looked
 * up by name in a second local: the usual map of objects takes quadratic time.
 */
export class People extends Construct {
  readonly #props: PeopleProps;
  readonly #ignored: readonly string[];
  readonly #temporaryPasswords: TerraformVariable;

  constructor(scope: Construct, id: string, props: PeopleProps) {
    super(scope, id);
    this.#props = props;
    this.#ignored = [...CREATION_ONLY, ...ownAttributes(props)];
    const values = this.local("user_values", props.people, valuesOf);
    this.#temporaryPasswords = temporaryPasswordsVariable(this, values);

    const blocks = blocksOf(props.people);
    for (const { suffix, people } of blocks) {
      this.users(
        suffix,
        people.filter((person) => !person.leaving),
      );
      this.leaving(
        suffix,
        people.filter((person) => person.leaving),
      );
    }
    if (props.destroyable) return;
    // People recorded in a block that this roster no longer uses are still protected there, by an empty block.
    for (const suffix of ["", ...SHARD_SUFFIXES]) {
      if (!blocks.some((block) => block.suffix === suffix)) this.users(suffix, []);
    }
  }

  private users(suffix: string, people: readonly Person[]): void {
    this.block(`users${suffix}`, {
      ...this.common(`usernames${suffix}`, people),
      enabled: Token.asAny(value("enabled")),
      messageAction: value("message_action"),
      temporaryPassword: `\${lookup(${this.#temporaryPasswords.fqn}, each.key, null)}`,
      lifecycle: { preventDestroy: !this.#props.destroyable, ignoreChanges: [...this.#ignored] },
    });
  }

  /** Disabled at once; destroyed when the line is removed. */
  private leaving(suffix: string, people: readonly Person[]): void {
    this.block(`leaving${suffix}`, {
      ...this.common(`leaving_usernames${suffix}`, people),
      enabled: false,
      messageAction: "SUPPRESS",
      lifecycle: { ignoreChanges: [...this.#ignored] },
    });
  }

  private block(name: string, config: CognitoUserConfig): void {
    new CognitoUser(this, name, config).overrideLogicalId(name);
  }

  private common(local: string, people: readonly Person[]) {
    // A map { name: name }: the cheapest for for_each.
    const usernames = this.local(local, people, ({ username }) => plainText(username));
    return {
      userPoolId: this.#props.userPoolId,
      ...(this.#props.after?.length && { dependsOn: [...this.#props.after] }),
      forEach: TerraformIterator.fromMap(usernames.asStringMap),
      username: "${each.key}",
      attributes: Token.asStringMap(value("attributes")),
      desiredDeliveryMediums: Token.asList(value("delivery_mediums")),
    } satisfies Partial<CognitoUserConfig>;
  }

  /** A map by username. */
  private local<T>(id: string, people: readonly Person[], value: (person: Person) => T): TerraformLocal {
    const map = Object.fromEntries(people.map((person) => [plainText(person.username), value(person)]));
    const local = new TerraformLocal(this, id, map);
    local.overrideLogicalId(id);
    return local;
  }
}

/** A field of the person that a resource is for. */
const value = (field: string) => `\${local.user_values[each.key].${field}}`;

/** The arguments of one person's resource. Every entry has every field, since Terraform refuses to look up a missing one. */
function valuesOf(person: Person) {
  const { email, phone } = person;
  // Cognito sends the invitation to a disabled person too; they can't use it, and it expires.
  const silent = person.invite === "none" || !person.enabled;
  return {
    attributes: {
      ...Object.fromEntries(Object.entries(person.attributes).map(([name, text]) => [name, plainText(text)])),
      ...(email === undefined
        ? {}
        : { email: plainText(email), email_verified: String(person.emailVerified) }),
      // A number in the roster counts as verified, as an address does.
      ...(phone === undefined
        ? {}
        : { phone_number: phone, phone_number_verified: String(person.phoneVerified ?? true) }),
    },
    enabled: person.enabled,
    message_action: silent ? "SUPPRESS" : null,
    // Cognito's default is SMS.
    delivery_mediums: person.invite === "sms" ? ["SMS"] : ["EMAIL"],
  };
}

/**
 * An administrator's own temporary passwords, by username: `TF_VAR_temporary_passwords`. Sensitive, so plans and logs hide
 * them; the state has them in plain text. People who aren't named get one from Cognito, which the state doesn't have.
 */
function temporaryPasswordsVariable(scope: Construct, everyone: TerraformLocal): TerraformVariable {
  const variable = new TerraformVariable(scope, "temporary_passwords", {
    type: "map(string)",
    description:
      "Temporary passwords by username, for people who are created now. The state keeps them in plain text.",
    default: {},
    sensitive: true,
    nullable: false,
  });
  variable.overrideLogicalId("temporary_passwords");
  variable.addValidation({
    condition: `\${length(setsubtract(keys(${variable.fqn}), keys(${everyone.fqn}))) == 0}`,
    errorMessage:
      "temporary_passwords names someone who isn't in the roster: check the spelling and case of its keys, or remove the entry.",
  });
  return variable;
}
