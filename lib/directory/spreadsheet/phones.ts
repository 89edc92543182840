import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { EXIT, UserError } from "../../errors.ts";
import { PHONE } from "../../roster/formats.ts";
import { quote, shown } from "../../roster/redact.ts";
import { isShortened } from "./values.ts";

/** A phone number for a roster, and how it was derived. */
export type PhoneReading =
  | { readonly phone: string; readonly country?: string; readonly zeroAdded: boolean }
  | { readonly message: string; readonly hint: string };

/** A country's usual name, by its two letters. */
function countryName(code: CountryCode): string {
  return new Intl.DisplayNames("en", { type: "region" }).of(code) ?? code;
}

/**
 * The country for numbers without a country code.
 * @throws UserError (exit 2) for anything but a country's two letters
 */
export function checkedCountry(text: string): CountryCode {
  const code = text.toUpperCase();
  if (isSupportedCountry(code)) return code;
  throw new UserError("--country takes a two-letter country code", {
    why: "It is the country (ISO 3166-1) of phone numbers without a country code.",
    next: ["write for example --country JP, US or DE"],
    exitCode: EXIT.wrong,
  });
}

/**
 * A phone number in E.164, as Cognito requires. A number in E.164 stays unchanged; any other is read by its country's rules
 * (Google's libphonenumber) and reported with the country, for review.
 * @param text not empty
 * @param country of numbers without a country code. @default such numbers are reported, not guessed
 */
export function readPhone(text: string, country: CountryCode | undefined): PhoneReading {
  const plain = text.normalize("NFKC").replace(/[‐‑‒–—―−ー]/g, "-");
  if (PHONE.test(plain)) return { phone: plain, zeroAdded: false };
  if (isShortened(text)) {
    return {
      message: `${quote(text)} is a long number shortened by Excel: its last digits are lost`,
      hint: "Copy the number again from its source into a column formatted as text.",
    };
  }
  const what = shown(plain, "digits", "this text (not shown)");
  if (!/^[\d+()\-./ ]+$/.test(plain) || !/\d/.test(plain)) {
    return { message: `${what} is not a phone number`, hint: "Write digits, or leave the cell empty." };
  }
  const international = plain.trimStart().startsWith("+");
  if (!international && country === undefined) {
    return {
      message: `${what} has no country code`,
      hint: "Add --country, as in --country JP, or write the number as +819012345678.",
    };
  }
  const found = parsePhoneNumberFromString(
    plain,
    international || country === undefined ? undefined : country,
  );
  const inCountry = international || country === undefined ? "" : ` in ${countryName(country)}`;
  if (!found?.isValid() || !PHONE.test(found.number)) {
    return {
      message: `${what} is not a phone number${inCountry}`,
      hint: "Check its digits, or write it with its country code: +819012345678.",
    };
  }
  const { number: phone, country: its, countryCallingCode } = found;
  // The national form, with its leading 0 if there is one.
  const digits = plain.replace(/\D/g, "");
  const atHome = found.formatNational().replace(/\D/g, "");
  const zeroAdded =
    !international &&
    atHome.startsWith("0") &&
    !digits.startsWith("0") &&
    !digits.startsWith(countryCallingCode);
  return { phone, ...(its && { country: countryName(its) }), zeroAdded };
}
