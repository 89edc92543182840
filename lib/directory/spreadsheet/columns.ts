import { EXIT, UserError } from "../../errors.ts";
import { STANDARD_ATTRIBUTES } from "../../roster/formats.ts";
import { quote } from "../../roster/redact.ts";
import type { RosterRules } from "../../roster/roster.ts";
import { commandLine } from "../../shell.ts";
import { readCsv } from "../../text/csv.ts";
import { closest, plain } from "../../text/words.ts";

/** A person's field in `--map` and in an exported header: a field of the roster, a standard attribute, or `custom:team`. */
export type Target = string;

/** Fields besides attributes, in the order of an exported sheet. */
const FIELDS = [
  "groups",
  "enabled",
  "emailVerified",
  "phoneVerified",
  "invite",
  "leaving",
  "until",
  "note",
  "owner",
] as const;

/** In `--map`: skip the column. */
const LEFT_OUT = "-";

/** The field that identifies people in a pool's roster: the one required column. */
const KEYS: Readonly<Record<RosterRules["signInWith"], Target>> = {
  email: "email",
  username: "username",
  phone: "phone",
};

export const keyOf = ({ signInWith }: Pick<RosterRules, "signInWith">): Target => KEYS[signInWith];

/** Everything that a column can be under these rules, starting with the required one. */
export function targetsOf(rules: Pick<RosterRules, "signInWith" | "customAttributes">): Target[] {
  const targets = [
    keyOf(rules),
    "email",
    "phone",
    ...Object.keys(STANDARD_ATTRIBUTES),
    ...rules.customAttributes.map((name) => `custom:${name}`),
    ...FIELDS,
  ];
  return [...new Set(targets)];
}

/** The path of a field in a person of the roster. */
export function pathOf(target: Target): readonly [string] | readonly ["attributes", string] {
  if (target.startsWith("custom:")) return ["attributes", target.slice("custom:".length)];
  return Object.hasOwn(STANDARD_ATTRIBUTES, target) ? ["attributes", target] : [target];
}

/**
 * Unambiguous headers, in any case and with any separators. Whatever else an HR system exports doesn't belong in a repository
 * unless asked for.
 */
const HEADERS: Readonly<Record<Target, readonly string[]>> = {
  email: [
    "email",
    "emailaddress",
    "mail",
    "mail address",
    "work email",
    "company email",
    "primary email",
    "メール",
    "eメール",
    "電子メール",
    "メールアドレス",
    "emailアドレス",
    "会社メールアドレス",
    "社用メールアドレス",
  ],
  username: [
    "username",
    "user",
    "userid",
    "login",
    "login name",
    "login id",
    "account",
    "account name",
    "ユーザー名",
    "ユーザ名",
    "ユーザーid",
    "ユーザid",
    "ログインid",
    "アカウント",
    "アカウント名",
  ],
  phone: [
    "phone",
    "phonenumber",
    "telephone",
    "telephone number",
    "tel",
    "mobile",
    "mobile phone",
    "mobile number",
    "cellphone",
    "電話",
    "電話番号",
    "携帯",
    "携帯電話",
    "携帯番号",
    "携帯電話番号",
  ],
  name: ["name", "fullname", "displayname", "氏名", "名前", "お名前", "姓名"],
  family_name: ["family name", "lastname", "surname", "姓", "名字", "苗字"],
  given_name: ["given name", "firstname", "名"],
  groups: [
    "groups",
    "group",
    "department",
    "dept",
    "グループ",
    "グループ名",
    "部署",
    "部署名",
    "部門",
    "所属",
  ],
  enabled: ["enabled", "active", "有効"],
};

export interface Mapping {
  /** The target of each header; undefined for a skipped column. */
  readonly columns: readonly (Target | undefined)[];
  /** Headers without a mapping: reported, so that no column is skipped silently. */
  readonly unknown: readonly string[];
  /** Headers that look like the same field: none of them is used. */
  readonly ambiguous: readonly { readonly target: Target; readonly headers: readonly string[] }[];
  /** Whether a column identifies the people. */
  readonly complete: boolean;
}

/** The mapping in `--map`, by header. */
export type GivenMapping = ReadonlyMap<string, Target>;

/**
 * Parses `--map "E-mail=email,Team=custom:team,Age=-"`; a header with a comma needs double quotes.
 * @throws UserError (exit 2) for a malformed list, a field that the roster can't have, and a duplicate
 */
export function parseMapping(
  text: string,
  rules: Pick<RosterRules, "signInWith" | "customAttributes">,
): Map<string, Target> {
  const targets = targetsOf(rules);
  const mapping = new Map<string, Target>();
  for (const { text: part } of readCsv(text, ",").rows.flat()) {
    const at = part.lastIndexOf("=");
    const [header, target] = [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    if (at < 1) {
      throw new UserError("--map wants HEADER=FIELD, several separated by commas", {
        why: "Your input is not repeated here, in case it is a password.",
        next: ['for example: --map "E-mail=email,Full name=name,Team=custom:team"'],
        exitCode: EXIT.wrong,
      });
    }
    if (target !== LEFT_OUT && !targets.includes(target)) throw noSuchField(target, targets);
    if (target !== LEFT_OUT && target !== "groups" && [...mapping.values()].includes(target)) {
      throw new UserError(`--map names ${target} twice`, {
        why: "Only groups can come from several columns.",
        next: ["name one column for it"],
        exitCode: EXIT.wrong,
      });
    }
    mapping.set(header, target);
  }
  return mapping;
}

function noSuchField(target: Target, targets: readonly Target[]): UserError {
  const meant = closest(target, targets);
  return new UserError(`--map names ${quote(target)}, which isn't a field of this roster`, {
    why: "Fields are those of users.json, its standard attributes, and the custom ones that config.ts declares, as custom:NAME.",
    next: [
      ...(meant === undefined ? [] : [`did you mean ${meant}?`]),
      `one of: ${targets.join(", ")}; or - to leave the column out`,
    ],
    exitCode: EXIT.wrong,
  });
}

/**
 * Maps each column: by `--map`, by a field's own name (as `export-users -- --csv` writes it), or by an obvious header.
 * @param headers without surrounding blanks
 * @throws UserError (exit 2) if `--map` names a missing or duplicate header
 */
export function mapColumns(
  headers: readonly string[],
  rules: Pick<RosterRules, "signInWith" | "customAttributes">,
  given: GivenMapping = new Map(),
): Mapping {
  for (const header of given.keys()) {
    const count = headers.filter((one) => one === header).length;
    if (count === 1) continue;
    const meant = closest(header, headers);
    throw new UserError(
      count === 0 ? `No column is called ${quote(header)}` : `${count} columns are called ${quote(header)}`,
      {
        next: [
          ...(count === 0 && meant !== undefined ? [`did you mean ${quote(meant)}?`] : []),
          count === 0
            ? `the columns are: ${headers
                .filter((one) => one !== "")
                .map(quote)
                .join(", ")}`
            : "give each a name of its own in the spreadsheet",
        ],
        exitCode: EXIT.wrong,
      },
    );
  }
  const columns = headers.map((header) => given.get(header));
  const targets = targetsOf(rules);
  const ambiguous: { target: Target; headers: string[] }[] = [];
  const claim = (matches: (header: string, target: Target) => boolean) => {
    for (const target of targets) {
      if (columns.includes(target)) continue;
      const found = headers.flatMap((header, index) =>
        columns[index] === undefined && matches(header, target) ? [index] : [],
      );
      const [only, ...more] = found;
      if (only !== undefined && more.length === 0) columns[only] = target;
      else if (only !== undefined && !ambiguous.some((one) => one.target === target))
        ambiguous.push({ target, headers: found.map((index) => headers[index] ?? "") });
    }
  };
  claim((header, target) => header === target);
  claim((header, target) => {
    const word = plain(header.normalize("NFKC"));
    return (
      (HEADERS[target]?.some((known) => plain(known) === word) ?? false) ||
      word === plain(target) ||
      (target.startsWith("custom:") && word !== "" && word === plain(target.slice("custom:".length)))
    );
  });
  const unknown = headers.filter((header, index) => header !== "" && columns[index] === undefined);
  return {
    columns: columns.map((target) => (target === LEFT_OUT ? undefined : target)),
    unknown,
    ambiguous,
    complete: columns.includes(keyOf(rules)),
  };
}

/** The `--map` option for missing columns, ready to paste: headers with a separator are quoted. */
export function mapOption(pairs: readonly (readonly [header: string, target: Target])[]): string {
  const written = pairs.map(([header, target]) =>
    /[",\r\n]/.test(header) ? `"${`${header}=${target}`.replaceAll('"', '""')}"` : `${header}=${target}`,
  );
  return commandLine`--map ${written.join(",")}`;
}

/** A question about the columns that only a person can answer. */
export interface ColumnQuestion {
  readonly target: Target;
  /** The headers to choose from. */
  readonly headers: readonly string[];
  /** Whether an answer is required. */
  readonly required: boolean;
  /** The most likely header. */
  readonly guess?: string;
}

/**
 * What to ask before people can be read: the column of their names, and which of two similar ones.
 * @param samples the first rows' values, by column
 */
export function openQuestions(
  headers: readonly string[],
  { columns, ambiguous, complete }: Mapping,
  rules: Pick<RosterRules, "signInWith">,
  samples: readonly (readonly string[])[],
): ColumnQuestion[] {
  const key = keyOf(rules);
  const free = headers.filter((header, index) => header !== "" && columns[index] === undefined);
  const looksRight = (header: string) => {
    const index = headers.indexOf(header);
    const texts = samples.map((row) => row[index] ?? "").filter((text) => text.trim() !== "");
    return (
      texts.length > 0 &&
      texts.every((text) => (key === "email" ? text.includes("@") : !/\s/.test(text.trim())))
    );
  };
  const alike = ambiguous.find(({ target }) => target === key)?.headers;
  const guess = (alike ?? free).find(looksRight);
  return [
    ...(complete
      ? []
      : [{ target: key, headers: alike ?? free, required: true, ...(guess !== undefined && { guess }) }]),
    ...ambiguous.filter(({ target }) => target !== key).map((one) => ({ ...one, required: false })),
  ];
}

/**
 * The questions as an error, when there is no terminal.
 * @param file its name in the error
 */
export function unanswered(file: string, questions: readonly ColumnQuestion[]): UserError {
  const [first] = questions;
  const pairs = questions.flatMap(({ target, headers, required, guess }) => {
    const chosen = guess ?? (required ? undefined : headers[0]);
    const others = required ? [] : headers.filter((header) => header !== chosen);
    return [[chosen ?? "HEADER", target] as const, ...others.map((header) => [header, LEFT_OUT] as const)];
  });
  const what = first?.required
    ? `No column of ${file} looks like the ${first.target}`
    : `Several columns of ${file} look like the ${first?.target}`;
  return new UserError(what, {
    why: `${first?.required ? "The columns are" : "They are"}: ${first?.headers.map(quote).join(", ")}.`,
    next: [`say which is which (- leaves a column out): ${mapOption(pairs)}`],
    exitCode: EXIT.wrong,
  });
}
