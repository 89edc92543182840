import { select } from "@inquirer/prompts";
import type { ColumnQuestion } from "../../lib/directory/spreadsheet/columns.ts";
import { escapeControls } from "../../lib/text/terminal.ts";

/** What people call the fields that can be chosen. */
const CALLED: Readonly<Record<string, string>> = { email: "e-mail address", phone: "phone number" };

/**
 * Asks on the terminal what each column is.
 * @returns for each header in question its field, or `-` for one that is left out
 */
export async function askColumns(questions: readonly ColumnQuestion[]): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const { target, headers, required, guess } of questions) {
    const choices = headers.map((header) => ({ value: header, name: escapeControls(header) }));
    const none = { value: "", name: "none of them" };
    const chosen = await select(
      {
        message: `Which column is the ${CALLED[target] ?? target}?`,
        choices: required ? choices : [...choices, none],
        ...(guess !== undefined && { default: guess }),
      },
      { output: process.stderr },
    );
    if (!required) for (const header of headers) answers.set(header, "-");
    if (chosen !== "") answers.set(chosen, target);
  }
  return answers;
}
