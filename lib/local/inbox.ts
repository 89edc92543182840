import { stripVTControlCharacters } from "node:util";

/** The embedded Cognito's log, read as the mail and text messages it stands for. */
export class Inbox {
  readonly #codes = new Map<string, string>();

  /** Takes one log line: a boxed message is kept, the latest for each address; anything else is passed over. */
  read(line: string): void {
    const text = stripVTControlCharacters(line);
    const field = (name: string) => new RegExp(`^[│ ]*${name}: +(\\S+)`, "m").exec(text)?.[1];
    const destination = field("Destination");
    const code = field("Code");
    if (destination !== undefined && code !== undefined) this.#codes.set(destination, code);
  }

  /**
   * The temporary password of the last invitation.
   * @param address the e-mail address or phone number it was sent to
   * @returns undefined when nothing was sent there
   */
  temporaryPassword(address: string): string | undefined {
    return this.#codes.get(address);
  }
}
