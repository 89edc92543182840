import { CognitoUser, type CognitoUserConfig } from "@cdktf/provider-aws/lib/cognito-user/index.js";
import { TerraformIterator, TerraformLocal, TerraformStack, TerraformVariable, Token } from "cdktf";
import { Construct } from "constructs";
import type { Person } from "../roster/roster.ts";
import { addressKey, plainText } from "./terraform-text.ts";

export interface PeopleProps {
  readonly userPoolId: string;
  readonly people: readonly Person[];
  /** Without it Terraform refuses to delete anyone who is not leaving. */
  readonly destroyable: boolean;
}

/**
 * Arguments that Cognito only reads when it creates a person (provider 5.100.0, aws_cognito_user). Later they would show a
 * difference for nothing, and a changed temporary password would throw a person who has finished the first login back to it.
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
 * The people: `aws_cognito_user.users["<username>"]` and, while they are leaving, `aws_cognito_user.leaving["<username>"]`.
 *
 * Terraform evaluates a for_each expression again for every instance, so it is a flat map of names, and the values are
 * looked up by name in a second local: the usual map of objects takes quadratic time.
 */
export class People extends Construct {
  readonly users: CognitoUser;
  readonly leaving: CognitoUser;

  constructor(scope: Construct, id: string, props: PeopleProps) {
    super(scope, id);
    const values = new TerraformLocal(this, "user_values", mapOf(props.people, valuesOf));
    values.overrideLogicalId("user_values");
    const value = (field: string) => `\${local.user_values[each.key].${field}}`;

    const active = props.people.filter((person) => !person.leaving);
    const leaving = props.people.filter((person) => person.leaving);
    const usernames = this.names("usernames", active);
    const temporaryPasswords = temporaryPasswordsVariable(this, values);

    const common = {
      userPoolId: props.userPoolId,
      username: "${each.key}",
      attributes: Token.asStringMap(value("attributes")),
      desiredDeliveryMediums: Token.asList(value("delivery_mediums")),
    } satisfies Partial<CognitoUserConfig>;

    this.users = new CognitoUser(this, "users", {
      ...common,
      forEach: TerraformIterator.fromMap(usernames.asStringMap),
      enabled: Token.asAny(value("enabled")),
      messageAction: value("message_action"),
      temporaryPassword: `\${lookup(${temporaryPasswords.fqn}, each.key, null)}`,
      lifecycle: { preventDestroy: !props.destroyable, ignoreChanges: CREATION_ONLY },
    });
    this.users.overrideLogicalId("users");

    // Disabled at once; destroyed when the line goes. The block stays, also empty, since it is where people move to.
    this.leaving = new CognitoUser(this, "leaving", {
      ...common,
      forEach: TerraformIterator.fromMap(this.names("leaving_usernames", leaving).asStringMap),
      enabled: false,
      messageAction: "SUPPRESS",
      lifecycle: { ignoreChanges: CREATION_ONLY },
    });
    this.leaving.overrideLogicalId("leaving");

    // A move whose source does not exist is ignored by Terraform, so nothing has to be known about the state.
    TerraformStack.of(this).addOverride("moved", [
      ...leaving.map((person) => moved("users", "leaving", person)),
      ...active.map((person) => moved("leaving", "users", person)),
    ]);
  }

  /** A local `{ name: name }`: the cheapest map there is for for_each. */
  private names(id: string, people: readonly Person[]): TerraformLocal {
    const local = new TerraformLocal(
      this,
      id,
      mapOf(people, (person) => plainText(person.username)),
    );
    local.overrideLogicalId(id);
    return local;
  }
}

function mapOf<T>(people: readonly Person[], value: (person: Person) => T): Record<string, T> {
  return Object.fromEntries(people.map((person) => [plainText(person.username), value(person)]));
}

/** What one person's resource says. Every entry has every field, since Terraform refuses to look up a missing one. */
function valuesOf(person: Person) {
  const { email, phone } = person;
  // Cognito sends the invitation to a disabled person too; they can't use it, and it runs out.
  const silent = person.invite === "none" || !person.enabled;
  return {
    attributes: {
      ...Object.fromEntries(Object.entries(person.attributes).map(([name, text]) => [name, plainText(text)])),
      ...(email === undefined
        ? {}
        : { email: plainText(email), email_verified: String(person.emailVerified) }),
      // The team vouches for a number it writes down, as it does for an address.
      ...(phone === undefined ? {} : { phone_number: phone, phone_number_verified: "true" }),
    },
    enabled: person.enabled,
    message_action: silent ? "SUPPRESS" : null,
    // Cognito's default is SMS.
    delivery_mediums: person.invite === "sms" ? ["SMS"] : ["EMAIL"],
  };
}

function moved(from: string, to: string, { username }: Person) {
  const key = addressKey(username);
  return { from: `aws_cognito_user.${from}[${key}]`, to: `aws_cognito_user.${to}[${key}]` };
}

/**
 * An operator's own temporary passwords, by username: `TF_VAR_temporary_passwords`. Sensitive, so plans and logs hide them;
 * the state has them in plain text. Who is not named gets one from Cognito, and then the state has none.
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
      "temporary_passwords names someone who is not in the roster: check the spelling and letter case of its keys, or leave it out.",
  });
  return variable;
}
