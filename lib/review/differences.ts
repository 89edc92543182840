import { isDeepStrictEqual } from "node:util";
import type { ResourceChange } from "./plan.ts";

type Change = ResourceChange["change"];

/** One setting of the pool, the client or a group. A sensitive value, or one only known after the deploy, is left out. */
export interface SettingChange {
  /** Terraform's name, such as `password_policy.minimum_length`. */
  readonly name: string;
  readonly from?: string;
  readonly to?: string;
  /** It is why the thing is deleted and created anew. */
  readonly forcesReplacement?: true;
}

/** One attribute of a person. Without values unless they were asked for, and never with a sensitive one. */
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

/** What differs, setting by setting. Blocks that can stand once only (lists of one) are looked into. */
export function settingChanges(change: Change): SettingChange[] {
  const { before, after, after_unknown, before_sensitive, after_sensitive, replace_paths = [] } = change;
  const found: SettingChange[] = [];
  const forcing = new Set(replace_paths.map((path) => String(path[0])));
  const replaced = change.actions.includes("create");
  const visit = (name: string, old: unknown, now: unknown, unknown: unknown, hidden: readonly unknown[]) => {
    // A new thing gets new values for all that Cognito computes; only why it is a new one is worth showing.
    if (unknown === true && replaced && !forcing.has(name)) return;
    if (hidden.includes(true)) {
      if (unknown === true || !isDeepStrictEqual(old, now)) found.push({ name });
      return;
    }
    if (unknown === true) {
      // Computed values that may come out otherwise are no setting of anybody's.
      if (old === undefined || old === null) return;
      found.push({ name, from: shown(old) });
      return;
    }
    if (isDeepStrictEqual(old, now) && !hasUnknown(unknown)) return;
    const [a, b] = [block(old), block(now)];
    if (a === undefined || b === undefined) {
      found.push({ name, from: shown(old), to: shown(now) });
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

/** An object, also one that stands alone in a list: the form of a block. */
export function block(value: unknown): Record<string, unknown> | undefined {
  if (Array.isArray(value)) return value.length === 1 ? block(value[0]) : undefined;
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** A text within values of a plan, such as one attribute of a person; undefined where there is none. */
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

const LONG = 200;

function shown(value: unknown): string {
  if (value === undefined || value === null || value === "") return "none";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}
