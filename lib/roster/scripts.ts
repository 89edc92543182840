/**
 * The scripts that people write names in, and those with letters that look like Latin ones. UAX #31, table 5 (Recommended
 * Scripts), and Cherokee, Coptic, Deseret, Gothic, Lisu, Tifinagh, Canadian Aboriginal. All others count as one.
 */
const SCRIPTS = [
  "Latin",
  "Han",
  "Hiragana",
  "Katakana",
  "Hangul",
  "Bopomofo",
  "Cyrillic",
  "Greek",
  "Arabic",
  "Armenian",
  "Bengali",
  "Canadian_Aboriginal",
  "Cherokee",
  "Coptic",
  "Deseret",
  "Devanagari",
  "Ethiopic",
  "Georgian",
  "Gothic",
  "Gujarati",
  "Gurmukhi",
  "Hebrew",
  "Kannada",
  "Khmer",
  "Lao",
  "Lisu",
  "Malayalam",
  "Myanmar",
  "Oriya",
  "Sinhala",
  "Tamil",
  "Telugu",
  "Thaana",
  "Thai",
  "Tibetan",
  "Tifinagh",
] as const;

/** Digits, punctuation, marks and signs, which belong to no script or to all. */
const SHARED = "\\p{scx=Common}\\p{scx=Inherited}";
const scripts = (names: readonly string[]) => names.map((name) => `\\p{scx=${name}}`).join("");

/**
 * What may be combined in one name: a script, and Latin with the scripts of Japanese, of Chinese with Bopomofo, or of Korean.
 * UTS #39, 5.2, "Highly Restrictive".
 */
const TOGETHER: readonly RegExp[] = [
  ...[
    ["Latin", "Han", "Hiragana", "Katakana"],
    ["Latin", "Han", "Bopomofo"],
    ["Latin", "Han", "Hangul"],
    ...SCRIPTS.map((name) => [name]),
  ].map((names) => new RegExp(`[${SHARED}${scripts(names)}]`, "u")),
  // The scripts without a name here
  new RegExp(`[${SHARED}]|[^${scripts(SCRIPTS)}]`, "u"),
];

const SCRIPT_OF = SCRIPTS.map((name) => ({
  name: name.replaceAll("_", " "),
  letter: new RegExp(`\\p{scx=${name}}`, "u"),
}));

/** A shortcut for most names. */
const ORDINARY = new RegExp(`^[${SHARED}\\p{scx=Latin}]*$`, "u");

/** A letter from another script than the rest of its name. */
export interface StrayLetter {
  readonly letter: string;
  /** Such as `Cyrillic`. */
  readonly script: string;
}

/**
 * Letters of scripts that aren't normally combined, such as a Cyrillic а in a Latin name: a reviewer mistakes one for the
 * other.
 * @returns those of the script with fewer letters in the name, each once; none if all belong together
 */
export function strayLetters(name: string): StrayLetter[] {
  if (ORDINARY.test(name)) return [];
  const characters = Array.from(name);
  let fewest = characters;
  for (const together of TOGETHER) {
    const others = characters.filter((character) => !together.test(character));
    if (others.length < fewest.length) fewest = others;
    if (fewest.length === 0) return [];
  }
  return [...new Set(fewest)].map((letter) => ({
    letter,
    script: SCRIPT_OF.find((script) => script.letter.test(letter))?.name ?? "another script",
  }));
}
