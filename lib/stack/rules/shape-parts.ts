import { z } from "zod";
import { type Duration, isDuration } from "../settings.ts";

/** Every field of an interface, so that the compiler reports a missing one here. */
export type Fields<T> = { readonly [Key in keyof T]-?: z.ZodType<Required<T>[Key]> };

/** All its fields optional, except those in `required`. */
export function section<T>(fields: Fields<T>, required: readonly (keyof T)[] = []) {
  const optional = (name: string, type: z.ZodType) =>
    (required as readonly string[]).includes(name) ? type : type.exactOptional();
  return z.strictObject(
    Object.fromEntries(
      Object.entries<z.ZodType>(fields).map(([name, type]) => [name, optional(name, type)]),
    ) as z.ZodRawShape,
  ) as unknown as z.ZodType<T>;
}

/** A value whose form no schema can describe, and the message for any other. */
export function formed<T>(isOne: (value: unknown) => boolean, message: string, next: string) {
  return z.custom<T>(isOne, { params: { message, next } });
}

/** Where undefined has always meant none: an environment variable that is not set. */
export const orUndefined = <T>(type: z.ZodType<T>) => type.optional() as unknown as z.ZodType<T>;

/** The provider's own arguments: arguments.ts checks their names, the provider their values. */
export const asIs = <T>() => orUndefined(z.looseObject({}) as unknown as z.ZodType<T>);

export const texts = z.array(z.string());
export const filled = z.string().regex(/\S/);
export const duration = formed<Duration>(
  isDuration,
  "it isn't a duration",
  'Use a number and a unit: "30 minutes", "12 hours" or "30 days".',
);
