import { isDeepStrictEqual } from "node:util";
import type { ResourceChange } from "./plan.ts";

type Change = ResourceChange["change"];

/** One setting of the pool, the client or a group. A sensitive value, or one only known after the deploy, is left out. */
export interface SettingChange {
  /** Terraform's name, such as `password_policy.minimum_length`. */
  readonly name: string;
  readonly from?: string;
  readonly to?: string;
}

/** The names of a person's attributes that differ; `sub` is Cognito's own, and the provider ignores it. */
export function attributeNames({ before, after, after_unknown }: Change): string[] {
  if (after_unknown?.attributes === true) return ["attributes"];
  const [old, now] = [entriesOf(before?.attributes), entriesOf(after?.attributes)];
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  names.delete("sub");
  return [...names].filter((name) => !isDeepStrictEqual(old[name], now[name])).sort();
}

/** What differs, setting by setting. Blocks that can stand once only (lists of one) are looked into. */
export function settingChanges(change: Change): SettingChange[] {
  const { before, after, after_unknown, before_sensitive, after_sensitive } = change;
  const found: SettingChange[] = [];
  const visit = (name: string, old: unknown, now: unknown, unknown: unknown, hidden: readonly unknown[]) => {
    if (hidden.includes(true)) {
      if (unknown === true || !isDeepStrictEqual(old, now)) found.push({ name });
      return;
    }
    if (unknown === true) {
      // Computed values that may come out otherwise are no setting of anybody's.
      if (old === undefined || old === null) return;
      found.push({ name, from: told(old) });
      return;
    }
    if (isDeepStrictEqual(old, now) && !hasUnknown(unknown)) return;
    const [a, b] = [block(old), block(now)];
    if (a === undefined || b === undefined) {
      found.push({ name, from: told(old), to: told(now) });
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
  return found;
}

/** An object, also one that stands alone in a list: the form of a block. */
function block(value: unknown): Record<string, unknown> | undefined {
  if (Array.isArray(value)) return value.length === 1 ? block(value[0]) : undefined;
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

function entriesOf(value: unknown): Record<string, unknown> {
  return Array.isArray(value) ? {} : (block(value) ?? {});
}

function hasUnknown(mark: unknown): boolean {
  return mark === true || (typeof mark === "object" && mark !== null && Object.values(mark).some(hasUnknown));
}

const LONG = 200;

function told(value: unknown): string {
  if (value === undefined || value === null || value === "") return "none";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}
