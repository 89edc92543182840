import qrcode from "qrcode";
import type { AuthenticatorSetup } from "../../lib/auth/answers.ts";
import { hanging } from "./wrap.ts";

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
    ...hanging("  ", INTRODUCTION, columns),
    ...(fits
      ? rows.map((row) => `${BLACK_ON_WHITE}${row}${RESET}`)
      : ["  (The window is too narrow for the QR code.)"]),
    `  secret  ${secret.match(/.{1,4}/g)?.join(" ")}`,
    `  link    ${uri}`,
    ...hanging("  ", "Whoever sees it can make the codes, too: clear the screen afterwards.", columns),
  ];
}
