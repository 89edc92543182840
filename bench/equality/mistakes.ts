import type { Staged } from "./stage.ts";

/**
 * Mistakes in the comparison, each as a state in which what it overlooks is already as it is to be: a comparison of it says "equal".
 * The proof has to find every one of them out, or it proves nothing.
 */
export const MISTAKES: Readonly<Record<string, (staged: Staged) => Staged>> = {
  "who is enabled": (staged) =>
    ofPeople(staged, (attributes, line, leaving) => ({ ...attributes, enabled: !leaving && line.enabled })),
  "the values of attributes": (staged) =>
    ofPeople(staged, (attributes, line) => ({ ...attributes, attributes: line.attributes })),
  "what was left half-made": (staged) => ofInstances(staged, ({ status: _, ...rest }) => rest),
  "memberships that go": (staged) => {
    const kept = new Set(
      Object.entries(staged.configuration.locals ?? {}).flatMap(([name, names]) =>
        name.startsWith("membership_names") ? Object.keys(Object(names)) : [],
      ),
    );
    const resources = staged.state.resources.map((one) => ({
      ...one,
      instances: one.instances.filter(
        ({ index_key: key = "" }) => one.type !== "aws_cognito_user_in_group" || kept.has(key),
      ),
    }));
    return { ...staged, state: { ...staged.state, resources } };
  },
};

type Instance = Staged["state"]["resources"][number]["instances"][number];
interface Line {
  readonly attributes: Readonly<Record<string, string>>;
  readonly enabled: boolean;
}

function ofInstances(
  staged: Staged,
  edit: (instance: Instance, type: string, name: string) => Instance,
): Staged {
  const resources = staged.state.resources.map((one) => ({
    ...one,
    instances: one.instances.map((instance) => edit(instance, one.type, one.name)),
  }));
  return { ...staged, state: { ...staged.state, resources } };
}

function ofPeople(
  staged: Staged,
  edit: (attributes: Instance["attributes"], line: Line, leaving: boolean) => Instance["attributes"],
): Staged {
  const lines = (staged.configuration.locals?.user_values ?? {}) as Readonly<Record<string, Line>>;
  return ofInstances(staged, (instance, type, name) => {
    const line = type === "aws_cognito_user" ? lines[instance.index_key ?? ""] : undefined;
    if (line === undefined) return instance;
    return { ...instance, attributes: edit(instance.attributes, line, name.startsWith("leaving")) };
  });
}
