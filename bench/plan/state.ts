import { z } from "zod";
import type { Configuration } from "./shapes.ts";

const INSTANCE = z.looseObject({
  index_key: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()),
});
const STATE = z.looseObject({
  resources: z.array(z.looseObject({ type: z.string(), name: z.string(), instances: z.array(INSTANCE) })),
});

export type State = z.infer<typeof STATE>;

export function parseState(text: string): State {
  return STATE.parse(JSON.parse(text));
}

const PER_PERSON = ["aws_cognito_user", "aws_cognito_user_in_group", "aws_cognito_user_group"];

/**
 * The state after an apply of a configuration, without applying it: creating 10,000 people takes an emulator many minutes.
 * Each person and each membership is a copy of one that the real provider wrote.
 * @param model the state of a stack with one person in one group, from a real apply
 */
export function stateOf(configuration: Configuration, model: State): string {
  const models = new Map(PER_PERSON.map((type) => [type, modelOf(model, type)]));
  const resources = Object.entries(configuration.resource).flatMap(([type, byName]) => {
    const { resource, instance } = models.get(type) ?? {};
    if (resource === undefined || instance === undefined) return [];
    return Object.entries(byName).map(([name, block]) => ({
      ...resource,
      name,
      instances: Object.entries(instancesOf(configuration, block)).map(([key, values]) => ({
        ...instance,
        index_key: block.for_each === undefined ? undefined : key,
        attributes: { ...instance.attributes, ...attributesOf(type, key, values, instance.attributes) },
        // Terraform keeps addresses that do not exist here, and reads them only to destroy.
        dependencies: ["aws_cognito_user_pool.pool"],
      })),
    }));
  });
  const others = model.resources.filter(({ type }) => !PER_PERSON.includes(type));
  const outputs = configuration.output === undefined ? {} : model.outputs;
  return JSON.stringify({ ...model, outputs, resources: [...others, ...resources] });
}

function modelOf(model: State, type: string) {
  const resource = model.resources.find((one) => one.type === type && one.instances.length > 0);
  const instance = resource?.instances[0];
  if (resource === undefined || instance === undefined) throw new Error(`the model has no ${type}`);
  return { resource, instance };
}

type Values = Readonly<Record<string, unknown>>;

/** What a block creates, by key. */
function instancesOf(configuration: Configuration, block: Values): Readonly<Record<string, Values>> {
  const { for_each: each } = block;
  if (each === undefined) return { "": block };
  const local = /^\$\{local\.(\w+)\}$/.exec(String(each))?.[1];
  const map = local === undefined ? mapIn(each) : configuration.locals?.[local];
  return map as Readonly<Record<string, Values>>;
}

/** cdktf writes an inline map as an expression of Terraform's language. */
function mapIn(each: unknown): unknown {
  if (typeof each !== "string") return each;
  return JSON.parse(each.slice(2, -1).replaceAll('" = ', '": '));
}

/** What differs from one to the next. The bench's names contain nothing that would be escaped. */
function attributesOf(type: string, key: string, values: Values, model: Values): Values {
  const pool = String(model.user_pool_id);
  if (type === "aws_cognito_user_group") return { id: `${pool}/${key}`, name: key };
  const number = /\d+/.exec(key || String(values.username))?.[0];
  const username = `person${number}@example.com`;
  if (type === "aws_cognito_user") {
    const attributes = { ...(model.attributes as Values), email: username, name: `Person ${number}` };
    return { id: `${pool}/${username}`, username, attributes };
  }
  const group = key ? key.split(" in ")[1] : String(values.group_name);
  return { id: `${pool}/${group}/${username}`, group_name: group, username };
}
