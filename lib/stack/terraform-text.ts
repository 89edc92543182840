/**
 * Writes `text` so that Terraform reads it as plain text. In its JSON syntax every string, keys included, is a template
 * in which `${` and `%{` start code: a run of `$` and `%` before a brace becomes a quoted string inside an interpolation.
 * Doubling them (`$${`), Terraform's own escape, would still let cdktf find its `${TfToken[…]}` markers in the text.
 */
export function plainText(text: string): string {
  return text.replace(/[$%]+(?=\{)/g, (run) => `\${"${run}"}`).replaceAll("{TfToken[", '${"{"}TfToken[');
}

/**
 * Writes `text` as the quoted key of a resource address (`x["…"]`), where templates are not allowed but escapes are.
 * Every brace is escaped, so that neither Terraform nor cdktf finds anything of theirs in it.
 */
export function addressKey(text: string): string {
  return JSON.stringify(text).replaceAll("{", "\\u007b");
}
