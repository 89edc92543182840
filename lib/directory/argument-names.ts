/**
 * An answer of Cognito's in the provider's words: `SMSMessage` → `smsMessage`, `KMSKeyID` → `kmsKeyId`, all the way down.
 * The provider names its arguments after the API's fields, so this holds for whole blocks.
 * @param renamed fields whose argument has another name, by the API's name
 */
export function asArguments(value: unknown, renamed: Readonly<Record<string, string>> = {}): unknown {
  if (Array.isArray(value)) return value.map((item) => asArguments(item, renamed));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([name, inner]) => [renamed[name] ?? argumentName(name), asArguments(inner, renamed)]),
  );
}

function argumentName(field: string): string {
  const words = field.match(/[A-Z]+(?=[A-Z][a-z]|$)|[A-Z]?[a-z0-9]+/g) ?? [field];
  return words
    .map((word) => word.toLowerCase())
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
}
