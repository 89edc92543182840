import qrcode from "qrcode";
import type { AuthenticatorSetup } from "../../lib/auth/answers.ts";
import { wrapIndented } from "../../lib/text/terminal.ts";

const CTRL_C = "\x03";

export interface QuietTerminal {
  /** Asks with the terminal as prompts need it, and keeps it quiet again afterwards. */
  around<Answer>(ask: () => Promise<Answer>): Promise<Answer>;
  /** Gives the terminal back to the shell. */
  release(): void;
}

/**
 * Between two hidden prompts a terminal would show what is typed: a password pasted with the next line, or typed ahead
 * while Cognito answers. So it stays in raw mode from the first prompt on, and what comes in between is dropped, as
 * getpass(3) does.
 * @param onInterrupt raw mode makes no signal of Ctrl-C; this is called instead
 */
export function quietTerminal(input: NodeJS.ReadStream, onInterrupt: () => void): QuietTerminal {
  const setRawMode = input.setRawMode.bind(input);
  const drop = (chunk: Buffer | string) => {
    if (chunk.toString().includes(CTRL_C)) onInterrupt();
  };
  const hold = () => {
    setRawMode(true);
    // Every prompt leaves raw mode when it closes; typed at that moment, a password would be shown.
    input.setRawMode = () => input;
  };
  return {
    async around(ask) {
      hold();
      input.off("data", drop).pause();
      try {
        return await ask();
      } finally {
        input.on("data", drop).resume();
      }
    },
    release() {
      input.off("data", drop).pause();
      input.setRawMode = setRawMode;
      setRawMode(false);
    },
  };
}

const BLACK_ON_WHITE = "\x1b[30;107m";
const RESET = "\x1b[0m";
const INTRODUCTION =
  "The user pool wants a second factor: codes from an authenticator app. Scan this with the app, or type the secret in:";

/**
 * What a person needs to set up an authenticator app: a QR code to scan, and the same secret to type in. Black on white
 * whatever the terminal's colours: many apps do not read an inverted code.
 * @param columns the terminal's width; where the code does not fit it is left out, for broken lines cannot be scanned
 */
export async function authenticatorLines(
  { secret, uri }: AuthenticatorSetup,
  columns = 80,
): Promise<string[]> {
  const code = await qrcode.toString(uri, { type: "utf8", errorCorrectionLevel: "L" });
  const rows = code.split("\n").filter((row) => row !== "");
  const fits = (rows[0]?.length ?? 0) <= columns;
  return [
    ...wrapIndented("  ", INTRODUCTION, columns),
    ...(fits
      ? rows.map((row) => `${BLACK_ON_WHITE}${row}${RESET}`)
      : ["  (The window is too narrow for the QR code.)"]),
    `  secret  ${secret.match(/.{1,4}/g)?.join(" ")}`,
    `  link    ${uri}`,
    ...wrapIndented("  ", "Whoever sees it can make the codes, too: clear the screen afterwards.", columns),
  ];
}
