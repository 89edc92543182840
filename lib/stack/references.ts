import { type SettingProblem, wrong } from "./setting-problem.ts";

/** A reference as cdktf writes it into a text, such as the ARN of a Lambda function of the same app. */
const REFERENCE = /[$#]\{TfToken\[/;
const WHOLE_REFERENCE = /^\$\{TfToken\[[^\]]+\]\}$/;

/** Whether the text is nothing but a reference. */
export function isReference(text: string): boolean {
  return WHOLE_REFERENCE.test(text);
}

/** References where a plain text belongs: they can't be checked, and Terraform would be given their letters. */
export function* strayReferences(setting: string, value: unknown): Generator<SettingProblem> {
  if (typeof value === "string" && REFERENCE.test(value)) {
    yield wrong({
      setting,
      message: "it refers to another resource",
      why: "Only a text that is written out can be checked; Terraform would take the reference for such a text.",
      next: "Write it out, or say it in Terraform's own words in `asIs`, where a reference may stand alone.",
    });
  }
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === "asIs") continue;
    yield* strayReferences(Array.isArray(value) ? `${setting}[${name}]` : `${setting}.${name}`, inner);
  }
}
