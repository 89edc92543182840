import type { Problem } from "../../lib/roster/problem.ts";

/**
 * A problem as GitHub Actions marks it beside the line of a pull request. Escaped as actions/toolkit's
 * command.ts does: `%`, CR and LF in the text, also `:` and `,` in a property.
 */
export function annotation({ location, message, hint }: Problem): string {
  const properties = [
    `file=${property(location.file.replaceAll("\\", "/"))}`,
    ...(location.line === undefined ? [] : [`line=${location.line}`]),
    ...(location.column === undefined ? [] : [`col=${location.column}`]),
  ];
  return `::error ${properties.join(",")}::${data(`${message}. ${hint}`)}`;
}

const data = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
