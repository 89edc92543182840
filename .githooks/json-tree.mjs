/** Deeper than any roster, and than recursion takes. */
const DEPTH_MAX = 100;
const SPACE = /[ \t\n\r]*/y;
/** What a string may hold, JSON.parse decides. */
const STRING = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const OTHER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Reads JSON as RFC 8259 has it, with the place of every name: JSON.parse forgets a name that stands twice, and tells where
 * a text is broken by quoting it, which may be a password.
 * @param {string} text
 * @returns a value: `{ offset, members }` for an object, `{ offset, items }` for a list, `{ offset, value }` for the rest;
 *   a member is `{ name, offset, value }`
 * @throws SyntaxError whose `cause` is the offset from which on the text is no JSON
 */
export function readJson(text) {
  let at = 0;
  const fail = () => {
    throw new SyntaxError("not JSON", { cause: at });
  };
  const take = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const takeSign = (sign) => {
    take(SPACE);
    if (text[at] !== sign) return false;
    at += 1;
    return true;
  };
  const takeList = (end, item) => {
    const all = [];
    if (takeSign(end)) return all;
    do all.push(item());
    while (takeSign(","));
    return takeSign(end) ? all : fail();
  };
  const scalar = (found, offset) => {
    try {
      return JSON.parse(found);
    } catch {
      at = offset;
      return fail();
    }
  };
  const value = (depth) => {
    take(SPACE);
    const offset = at;
    if (depth > DEPTH_MAX) fail();
    if (takeSign("{")) return { offset, members: takeList("}", () => member(depth)) };
    if (takeSign("[")) return { offset, items: takeList("]", () => value(depth + 1)) };
    return { offset, value: scalar(take(STRING) ?? take(OTHER), offset) };
  };
  const member = (depth) => {
    take(SPACE);
    const offset = at;
    const name = scalar(take(STRING), offset);
    return takeSign(":") ? { name, offset, value: value(depth + 1) } : fail();
  };
  const root = value(0);
  take(SPACE);
  return at === text.length ? root : fail();
}
