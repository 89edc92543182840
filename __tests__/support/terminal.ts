import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { spawn } from "@lydell/node-pty";
import { expect, onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const ENTER = "\r";
export const CTRL_C = "\x03";
export const CTRL_D = "\x04";

/**
 * A pseudo-terminal with a command in it, and everything that ever appeared on its screen.
 * @param secrets none of them, nor any token, may have been there when the test ends
 * @param cwd where the command runs
 */
export function openTerminal(
  args: string[],
  env: Record<string, string>,
  secrets: readonly string[],
  cwd = root,
) {
  const terminal = spawn(process.execPath, args, {
    cwd,
    cols: 120,
    rows: 40,
    env: { ...env, TERM: "xterm" },
  });
  let raw = "";
  let seen = 0;
  const ended = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
  const waiting = new Set<() => void>();
  terminal.onData((data) => {
    raw += data;
    for (const look of waiting) look();
  });
  const screen = () => stripVTControlCharacters(raw);
  onTestFinished(() => {
    try {
      terminal.kill();
    } catch {
      // It ended by itself.
    }
    for (const secret of [...secrets, "eyJ"]) expect(screen()).not.toContain(secret);
  });
  return {
    screen,
    ended,
    /** Resolves once the text has appeared after whatever was waited for before. */
    async shows(text: string): Promise<void> {
      const appeared = await new Promise<boolean>((resolve) => {
        const timeout = setTimeout(() => resolve(false), 60_000);
        const look = () => {
          const at = screen().indexOf(text, seen);
          if (at < 0) return;
          seen = at + text.length;
          clearTimeout(timeout);
          waiting.delete(look);
          resolve(true);
        };
        waiting.add(look);
        look();
      });
      if (!appeared) throw new Error(`"${text}" did not appear. The screen:\n${screen()}`);
    },
    type: (text: string) => terminal.write(text + ENTER),
    press: (key: string) => terminal.write(key),
  };
}
