import { EXIT, UserError } from "../../errors.ts";
import { commandLine } from "../../shell.ts";

/** A spreadsheet's text, and its encoding. */
export interface Decoded {
  /** Without a byte order mark. */
  readonly text: string;
  /** The usual name: `UTF-8`, `Shift_JIS`. */
  readonly encoding: string;
}

const NAMES: Readonly<Record<string, string>> = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16LE",
  "utf-16be": "UTF-16BE",
  shift_jis: "Shift_JIS",
  "euc-jp": "EUC-JP",
  "windows-1252": "Windows-1252",
};

/**
 * Decodes a CSV file. A byte order mark decides, then valid UTF-8; Shift_JIS and Windows-1252, which Excel writes unlabelled,
 * are accepted only if the text leaves no doubt.
 * @param file its name in errors
 * @param asked a label of the Encoding Standard (https://encoding.spec.whatwg.org/#names-and-labels). @default detected
 * @throws UserError (exit 2) for a workbook, an unknown label, invalid bytes, and an uncertain encoding
 */
export function decodeSpreadsheet(bytes: Uint8Array, file: string, asked?: string): Decoded {
  const start = Buffer.from(bytes.subarray(0, 4)).toString("hex");
  if (start === "504b0304" || start === "d0cf11e0") {
    throw new UserError(`${file} is a workbook, not CSV`, {
      why: "A CSV file is plain text, which this command reads.",
      next: ['save the sheet as "CSV UTF-8" in Excel, and use that file'],
      exitCode: EXIT.wrong,
    });
  }
  if (asked !== undefined) return decodeAs(bytes, file, asked);
  const marked = /^efbbbf/.test(start)
    ? "utf-8"
    : /^fffe/.test(start)
      ? "utf-16le"
      : /^feff/.test(start)
        ? "utf-16be"
        : undefined;
  if (marked !== undefined) return decodeAs(bytes, file, marked);
  if (bytes.includes(0)) throw unsure(file, ["utf-16le", "utf-16be"]);
  const utf8 = tryDecoding(bytes, "utf-8");
  if (utf8 !== undefined) return { text: utf8, encoding: "UTF-8" };
  const japanese = isJapanese(tryDecoding(bytes, "shift_jis"));
  const western = isWestern(bytes);
  if (japanese && !(western && bytes.every((byte) => byte < 0x80 || byte >= 0xc0)))
    return decodeAs(bytes, file, "shift_jis");
  if (western && !japanese) return decodeAs(bytes, file, "windows-1252");
  throw unsure(file, ["shift_jis", "windows-1252", "euc-jp"]);
}

function decodeAs(bytes: Uint8Array, file: string, label: string): Decoded {
  let name: string;
  try {
    name = new TextDecoder(label).encoding;
  } catch {
    throw new UserError("Unknown encoding", {
      next: ["--encoding utf-8, utf-16le, shift_jis, euc-jp or windows-1252"],
      exitCode: EXIT.wrong,
    });
  }
  const encoding = NAMES[name] ?? name;
  const text = tryDecoding(bytes, name);
  if (text !== undefined) return { text, encoding };
  throw new UserError(`${file} is not ${encoding}`, {
    why: "It contains bytes that aren't valid in this encoding: some of the text would be lost.",
    next: ['save the sheet as "CSV UTF-8" in Excel', "or name another one with --encoding"],
    exitCode: EXIT.wrong,
  });
}

function tryDecoding(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function unsure(file: string, labels: readonly string[]): UserError {
  return new UserError(`The encoding of ${file} is unclear`, {
    why: "It isn't UTF-8, and its bytes could be more than one encoding. A wrong guess would garble names.",
    next: [
      'save the sheet as "CSV UTF-8" in Excel',
      ...labels.map((label) => `or say which one it is: ${commandLine`--encoding ${label}`}`),
    ],
    exitCode: EXIT.wrong,
  });
}

const FOREIGN = /[^\0-\x7f]+/g;
const JAPANESE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々〆、。・「」（）　！-～￥〒〜～−―…※○●◎△▲□■]+$/u;

/** Complete Japanese words, some with characters that only Shift_JIS decodes from these bytes. */
function isJapanese(text: string | undefined): boolean {
  const words = text?.match(FOREIGN) ?? [];
  return (
    words.length > 0 &&
    words.every((word) => JAPANESE.test(word)) &&
    words.some((word) => /[\p{Script=Han}\p{Script=Hiragana}ァ-ヺー]{2}/u.test(word)) &&
    // Accented letters of western names decode as single Japanese characters among Latin ones: L饌 for Léa.
    !/[A-Za-z][\p{Script=Han}\uff61-\uff9f][A-Za-z]|\b[\p{Script=Han}\uff61-\uff9f][a-z]|[a-z][\uff61-\uff9f]/u.test(
      text ?? "",
    )
  );
}

/** Accented Latin letters and usual punctuation, beside Latin letters. */
function isWestern(bytes: Uint8Array): boolean {
  const text = new TextDecoder("windows-1252").decode(bytes);
  return (text.match(FOREIGN) ?? []).every((word) =>
    /^[\u00c0-\u00ffŠšŽžŒœŸ’‘“”–—…€£§°«»·ªº¿¡\u00a0´©®]+$/.test(word),
  );
}
