import { isDeepStrictEqual } from "node:util";
import type { ResourceChange } from "./plan.ts";

type Change = ResourceChange["change"];

/** One setting of the pool, the client or a group. A sensitive value, or one known only after the deploy, is left out. */
export interface SettingChange {
  /** Terraform's name, such as `password_policy.minimum_length`. */
  readonly name: string;
  readonly from?: string;
  readonly to?: string;
  /** For lists that are too long for `from` and `to`: what is added, and what is removed. */
  readonly added?: readonly string[];
  readonly gone?: readonly string[];
  /** It forces the resource to be replaced. */
  readonly forcesReplacement?: true;
}

/** One attribute of a person. Without values unless they were requested, and never with a sensitive one. */
export interface AttributeChange {
  readonly name: string;
  readonly what: "set" | "changed" | "removed";
  readonly from?: string;
  readonly to?: string;
}

/**
 * A person's attributes that differ; `sub` is Cognito's own, and the provider ignores it.
 * @param showValues whether to show what they were and will be
 */
export function attributeChanges(change: Change, showValues: boolean): AttributeChange[] {
  const { before, after, after_unknown, before_sensitive, after_sensitive } = change;
  if (after_unknown?.attributes === true) return [{ name: "attributes", what: "changed" }];
  const [old, now] = [entriesOf(before?.attributes), entriesOf(after?.attributes)];
  const unknown = block(after_unknown?.attributes) ?? {};
  const marks = [before_sensitive, after_sensitive].map((mark) => block(mark)?.attributes);
  const hidden = (name: string) => marks.some((mark) => mark === true || block(mark)?.[name] === true);
  const names = new Set([...Object.keys(old), ...Object.keys(now), ...Object.keys(unknown)]);
  names.delete("sub");
  return [...names]
    .filter((name) => unknown[name] === true || !isDeepStrictEqual(old[name], now[name]))
    .sort()
    .map((name) => ({
      name,
      what: old[name] == null ? "set" : now[name] == null && unknown[name] !== true ? "removed" : "changed",
      ...(showValues && !hidden(name)
        ? {
            ...(old[name] == null ? {} : { from: shown(old[name]) }),
            ...(now[name] == null ? {} : { to: shown(now[name]) }),
          }
        : {}),
    }));
}

/** Terraform marks them as sensitive if our variable supplied them; an imported identity provider has them in plain text. */
const SECRET = /(?:^|\.)(?:client_secret|private_key)$/;

/** What differs, setting by setting. Blocks that can occur only once (lists of one) are compared field by field. */
export function settingChanges(change: Change): SettingChange[] {
  const { before, after, after_unknown, before_sensitive, after_sensitive, replace_paths = [] } = change;
  const found: SettingChange[] = [];
  const forcing = new Set(replace_paths.map((path) => String(path[0])));
  const replaced = change.actions.includes("create");
  const visit = (
    name: string,
    old: unknown,
    now: unknown,
    unknown: unknown,
    marks: readonly unknown[],
  ): void => {
    const hidden = SECRET.test(name) ? [true] : marks;
    // A new resource gets new values for everything that Cognito computes; only the reason for replacing it is worth showing.
    if (unknown === true && replaced && !forcing.has(name)) return;
    if (hidden.includes(true)) {
      if (unknown === true || !isDeepStrictEqual(old, now)) found.push({ name });
      return;
    }
    if (unknown === true) {
      // Computed values that may change are not settings.
      if (old === undefined || old === null) return;
      found.push({ name, from: shown(old) });
      return;
    }
    if (isDeepStrictEqual(old, now) && !hasUnknown(unknown)) return;
    const inside = name === "lambda_config" ? functions : block;
    const [a, b] = [inside(old), inside(now)];
    if (a === undefined || b === undefined) {
      found.push({ name, from: shown(old), to: shown(now), ...beyondTheCut(old, now) });
      return;
    }
    for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
      visit(
        name === "" ? key : `${name}.${key}`,
        a[key],
        b[key],
        block(unknown)?.[key],
        hidden.map((mark) => block(mark)?.[key]),
      );
    }
  };
  visit("", before ?? {}, after ?? {}, after_unknown ?? {}, [before_sensitive, after_sensitive]);
  return found.map((setting) =>
    forcing.has(setting.name.split(".")[0] ?? "") ? { ...setting, forcesReplacement: true } : setting,
  );
}

/** Each function by itself, even if there was none before, or is none afterwards; a state has "" and [] for none. */
function functions(value: unknown): Record<string, unknown> | undefined {
  if (!Array.isArray(value) || value.length > 1) return undefined;
  const set = Object.entries(block(value) ?? {}).filter(
    ([, said]) => said !== "" && said !== null && !(Array.isArray(said) && said.length === 0),
  );
  return Object.fromEntries(set);
}

/** An object, or one alone in a list: the form of a block. */
export function block(value: unknown): Record<string, unknown> | undefined {
  if (Array.isArray(value)) return value.length === 1 ? block(value[0]) : undefined;
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** A text within values of a plan, such as one attribute of a person; undefined if there is none. */
export function textIn(values: unknown, name: string): string | undefined {
  const value = entriesOf(values)[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function entriesOf(value: unknown): Record<string, unknown> {
  return Array.isArray(value) ? {} : (block(value) ?? {});
}

function hasUnknown(mark: unknown): boolean {
  return mark === true || (typeof mark === "object" && mark !== null && Object.values(mark).some(hasUnknown));
}

/** What truncating would hide: two long lists may begin alike. */
function beyondTheCut(old: unknown, now: unknown): Pick<SettingChange, "added" | "gone"> {
  if (!isList(old ?? []) || !isList(now ?? []) || ![old, now].some((list) => isLong(textOf(list)))) return {};
  const [before, after] = [old ?? [], now ?? []].map((list) => (list as unknown[]).map(textOf));
  const without = (list: readonly string[] = [], other: readonly string[] = []) =>
    list.filter((one) => !other.includes(one));
  return { added: without(after, before), gone: without(before, after) };
}

const isList = (value: unknown) =>
  Array.isArray(value) && value.every((one) => typeof one !== "object" || one === null);

const LONG = 200;
const isLong = (text: string) => text.length > LONG;
const textOf = (value: unknown) => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

function shown(value: unknown): string {
  if (value === undefined || value === null || value === "") return "none";
  const text = textOf(value);
  return isLong(text) ? `${text.slice(0, LONG)}…` : text;
}
