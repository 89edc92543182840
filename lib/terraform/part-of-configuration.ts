type Blocks = Readonly<Record<string, unknown>>;

/** `cdk.tf.json`, as far as it is looked into here. */
interface Configuration {
  readonly terraform?: Blocks;
  readonly provider?: Blocks;
  readonly resource?: Readonly<Record<string, Blocks>>;
  readonly locals?: Blocks;
  readonly variable?: Blocks;
  readonly data?: Readonly<Record<string, Blocks>>;
  readonly moved?: readonly { readonly from: string }[];
}

/**
 * The part of a configuration that has no resource of these types, with whatever the rest refers to and nothing more: no
 * outputs, imports or backend, so that its state is a file beside it.
 * @param without resources' types; nothing that stays may refer to one of them
 */
export function partOfConfiguration(configuration: Configuration, without: ReadonlySet<string>): object {
  const { provider = {}, resource = {}, locals = {}, variable = {}, data = {}, moved = [] } = configuration;
  const kept = Object.fromEntries(Object.entries(resource).filter(([type]) => !without.has(type)));
  const terraform = { required_providers: configuration.terraform?.required_providers ?? {} };
  const part = { terraform, provider, resource: kept };
  const used: { locals: Blocks; variable: Blocks; data: Blocks } = { locals: {}, variable: {}, data: {} };
  // What is referred to may refer to more.
  for (let text = JSON.stringify(part), before = ""; text !== before; ) {
    before = text;
    used.locals = mentioned(locals, "local", text);
    used.variable = mentioned(variable, "var", text);
    used.data = Object.fromEntries(
      Object.entries(data)
        .map(([type, blocks]) => [type, mentioned(blocks, `data.${type}`, text)] as const)
        .filter(([, blocks]) => Object.keys(blocks).length > 0),
    );
    text = JSON.stringify({ ...part, ...used });
  }
  return {
    ...part,
    // Terraform takes an empty section for a block whose name is missing.
    ...Object.fromEntries(Object.entries(used).filter(([, blocks]) => Object.keys(blocks).length > 0)),
    moved: moved.filter(({ from }) => !without.has(from.split(".")[0] ?? "")),
  };
}

function mentioned(blocks: Blocks, prefix: string, text: string): Blocks {
  const names = new Set([...text.matchAll(/[\w.-]+/g)].flatMap(([word]) => namedBy(word, prefix)));
  return Object.fromEntries(Object.entries(blocks).filter(([name]) => names.has(name)));
}

/** `local.names.x` names the local `names`. */
function namedBy(word: string, prefix: string): string[] {
  const name = word.startsWith(`${prefix}.`) ? word.slice(prefix.length + 1).split(".")[0] : undefined;
  return name === undefined ? [] : [name];
}
