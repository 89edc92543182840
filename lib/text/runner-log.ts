/**
 * What a CI runner interprets as a command, wherever it comes from: `##[error]…` (GitHub Actions, Azure Pipelines), `##vso[…]`
 * and `##teamcity[…]` anywhere in a line, and `::error::…` at the beginning of one, ignoring white space. Sources:
 * actions/runner, ActionCommand.cs; Azure Pipelines, "Logging commands"; TeamCity, "Service messages".
 */
export const RUNNER_COMMAND = /##\w*\[|^::/;

/** In a log: at the beginning of every line, after white space (for .NET, U+0085 counts) and colours. */
const IN_LOG = /##(?=\w*\[)|(?<=^(?:[\s\p{Cc}]|\p{Cc}\[[\d;]*m)*)::/gmu;

/** The text made safe for a runner: what would be a command has the sign ␦ in it. */
function asText(text: string): string {
  return text.replace(IN_LOG, ([first = "", second = ""]) => `${first}␦${second}`);
}

/**
 * Text for a log in which no runner finds a command. A JSON document stays valid, with the same values.
 * @param text whole lines
 */
export function withoutRunnerCommands(text: string): string {
  if (text.search(IN_LOG) === -1) return text;
  return isJson(text) ? text.replace(/##(?=\w*\[)/g, "\\u0023\\u0023") : asText(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
