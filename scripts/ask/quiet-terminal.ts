import qrcode from "qrcode";
import type { AuthenticatorSetup } from "../../lib/auth/answers.ts";
import { wrapIndented } from "../../lib/text/terminal.ts";

const CTRL_C = "\x03";

export interface QuietTerminal {
  /** Prepares the terminal for prompts, and keeps it quiet between them. */
  around<Answer>(ask: () => Promise<Answer>): Promise<Answer>;
  /** Gives the terminal back to the shell. */
  release(): void;
}

/**
 * Between two hidden prompts a terminal would show what is typed: a password pasted with the next line, or typed ahead while
 * Cognito responds. So it stays in raw mode from the first prompt on, and input in between is discarded, as getpass(3) does.
 * @param onInterrupt called instead of a signal, since Ctrl-C sends none in raw mode
 */
export function quietTerminal(input: NodeJS.ReadStream, onInterrupt: () => void): QuietTerminal {
  const setRawMode = input.setRawMode.bind(input);
  const drop = (chunk: Buffer | string) => {
    if (chunk.toString().includes(CTRL_C)) onInterrupt();
  };
  const hold = () => {
    setRawMode(true);
    // Every prompt leaves raw mode when it closes; a password typed at that moment would be shown.
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
  "The user pool requires codes from an authenticator app. Scan this with the app, or enter the secret:";

/**
 * What a person needs to set up an authenticator app: a QR code to scan, and the same secret to type. Black on white whatever
 * the terminal's colours: many apps can't read an inverted code.
 * @param columns the terminal's width; a code that does not fit is left out, since broken lines can't be scanned
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
    ...wrapIndented(
      "  ",
      "Anyone who sees it can generate your codes: clear the screen afterwards.",
      columns,
    ),
  ];
}
