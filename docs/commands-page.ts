/** The commands as docs/commands.md lists them: every one of package.json's that has a `--help`. */
export const GROUPS: readonly { readonly title: string; readonly names: readonly string[] }[] = [
  { title: "Write and review", names: ["check", "dev", "plan", "schema"] },
  { title: "Audit", names: ["access", "history", "ended", "recertify", "drift"] },
  { title: "Deploy", names: ["deploy", "canary", "destroy", "synth", "inputs"] },
  { title: "Help people", names: ["status", "invite", "issue-password", "reset-mfa"] },
  { title: "Move people", names: ["import-users", "export-users"] },
  {
    title: "Sign in",
    names: ["first-login", "sign-in", "refresh", "change-password", "forgot-password", "sign-out", "walk"],
  },
  { title: "AWS credentials", names: ["aws-credentials"] },
  { title: "Sign up", names: ["sign-up", "confirm-sign-up", "resend-code"] },
  { title: "Rehearse and measure", names: ["local", "bench", "forward"] },
];

/**
 * The whole page.
 * @param help each command's `--help` at 80 columns, by its name
 * @throws Error for a command without one
 */
export function commandsPage(help: ReadonlyMap<string, string>): string {
  const textOf = (name: string) => {
    const text = help.get(name);
    if (text === undefined) throw new Error(`docs/commands.md needs the --help of ${name}`);
    return text.trim();
  };
  const rows = GROUPS.flatMap(({ title, names }) => [
    `| **${title}** | |`,
    ...names.map((name) => `| [\`${name}\`](#${name}) | ${summaryOf(textOf(name))} |`),
  ]);
  const sections = GROUPS.flatMap(({ names }) => names).map(
    (name) => `## ${name}\n\n\`\`\`text\n${textOf(name)}\n\`\`\`\n`,
  );
  return `${HEAD}\n${rows.join("\n")}\n\n${EXIT_CODES}\n\n${sections.join("\n")}`;
}

/** The first sentence of what a help text says after its usage. */
function summaryOf(text: string): string {
  const description = text.split("\n\n")[1]?.replace(/\s+/g, " ") ?? "";
  return (/^.*?[.!?](?= |$)/.exec(description)?.[0] ?? description).replaceAll("|", "\\|");
}

const HEAD = `# Commands

<!-- Made by npm run commands from each command's --help. Don't edit this file. -->

Run each as \`npm run NAME -- OPTIONS\`; npm takes options before the \`--\` for its own. Where \`config.ts\` has environments, add
\`--env NAME\` or set \`ROSTER_ENV\`; a command that changes something in a protected one asks for its name, or takes \`--confirm NAME\`.
Commands that concern many people stay below Cognito's published requests per second (\`quotas\` in \`config.ts\`), say how long is left,
and continue where they were interrupted. With \`--json\`, stdout is one JSON document and nothing else.

| command | |
|---|---|`;

const EXIT_CODES = `| exit code | means |
|---|---|
| 0 | done |
| 1 | it failed |
| 2 | the input, the settings or the command line are wrong |
| 3 | a guard refuses it |
| 4 | something differs from what was deployed, where \`--fail-on-drift\` asks |
| 130 | interrupted |`;
