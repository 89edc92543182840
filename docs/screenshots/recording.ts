import { homedir, hostname, tmpdir } from "node:os";
import { stripVTControlCharacters } from "node:util";
import { spawn } from "@lydell/node-pty";

/** As wide as a README shows in letters of a readable size. */
export const COLUMNS = 100;
/** As high as no picture of ours needs: nothing scrolls away. */
export const ROWS = 60;

/** Of the environment, what would change how a command looks, or whose account it tells. */
const LEFT_OUT = /^(npm_|AWS_|CI$|GITHUB_|NO_COLOR$|FORCE_COLOR$|TERM|COLORTERM$)/;

/**
 * Runs a command in a pseudo-terminal and keeps every byte that it shows.
 * @param command as typed, without quotes
 * @param env added to ours
 * @returns what a terminal shows, below the line on which the command was typed
 * @throws when what appeared names this machine, its user's home or the directory
 */
export async function record(command: string, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !LEFT_OUT.test(name));
  const [file = "", ...args] = command.split(" ");
  let shown = `\x1b[1m$ ${command}\x1b[22m\r\n`;
  const terminal = spawn(file, args, {
    cols: COLUMNS,
    rows: ROWS,
    cwd,
    env: {
      ...Object.fromEntries(inherited),
      ...env,
      TERM: "xterm-256color",
      // Not the warnings and notices of this machine's npm
      npm_config_userconfig: "/dev/null",
      npm_config_update_notifier: "false",
    },
  });
  terminal.onData((data) => {
    shown += data;
  });
  await new Promise((resolve) => terminal.onExit(resolve));
  const text = stripVTControlCharacters(shown);
  const names = [cwd, process.cwd(), homedir(), tmpdir(), hostname()].filter((name) => text.includes(name));
  if (names.length > 0) throw new Error(`A picture of this would show ${names.join(", ")}:\n${text}`);
  return shown;
}
