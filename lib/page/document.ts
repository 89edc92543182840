import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { escapeHtml } from "./escape.ts";

/** LF, as the browser will hash it: its parser turns the CRLF of a checkout on Windows into LF. */
const asset = (name: string): string =>
  readFileSync(new URL(name, import.meta.url), "utf8").replaceAll("\r\n", "\n");

const STYLE = asset("page.css");
const SCRIPT = asset("page.js");

/** As a Content-Security-Policy names a script or a style that may run: by its exact text. */
const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export interface Content {
  readonly title: string;
  /** Rules for this page alone. */
  readonly css: string;
  /** HTML. */
  readonly body: readonly string[];
}

/** The frame of every page: its policy, style and script, and nothing that is fetched. */
export function documentOf({ title, css, body }: Content): string {
  const style = STYLE + css;
  const policy = [
    "default-src 'none'",
    `script-src ${hash(SCRIPT)}`,
    `style-src ${hash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no, date=no, email=no, address=no">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body.filter((part) => part !== "").join("\n")}
<script>${SCRIPT}</script>
</body>
</html>
`;
}
