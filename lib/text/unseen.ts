/**
 * Invisible characters, as the inside of a character class: controls and unassigned ones (C), spaces (Z), what Unicode lets a
 * font leave out (Default_Ignorable_Code_Point: joiners, variation selectors, Hangul fillers), and signs whose glyph is blank.
 * Two names that differ in one of them look alike to a reviewer.
 *
 * U+2800 braille blank, U+FFFC object replacement, U+13441 and U+13442 blank hieroglyphs, U+16FE4 Khitan filler,
 * U+1D159 null notehead.
 */
export const UNSEEN_CLASS =
  "\\p{C}\\p{Z}\\p{Default_Ignorable_Code_Point}\\u2800\\ufffc\\u{13441}\\u{13442}\\u{16fe4}\\u{1d159}";

/** One invisible character. */
export const UNSEEN = new RegExp(`[${UNSEEN_CLASS}]`, "u");

/** Except spaces, what is shown as a box, and the joiners that Persian words and emoji are spelled with. */
const NO_HARM = "(?![\\p{Zs}\\p{Cn}\\p{Co}\\p{Cs}\\u200c\\u200d])";

/** Nor a selector after a character that has variants: Han as in 辻, and emoji. */
const VARIANT = "(?<!(?:\\p{Script=Han}|\\p{Extended_Pictographic})\\p{Variation_Selector})";

/** Characters in text from another person that a reader has to be shown. */
export const CONCEALED = new RegExp(`${NO_HARM}[${UNSEEN_CLASS}]${VARIANT}`, "gu");
