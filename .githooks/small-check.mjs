// What of `npm run check` can be found without any dependency. It refuses nothing that check accepts (a test compares them).
import { readJson } from "./json-tree.mjs";

/** As lib/roster/redact.ts is sure of; what it finds beyond, check alone does. */
const SECRET =
  /(?:password|passwd|passwort|passphrase|passcode|pwd|secret|credential|accesstoken|idtoken|refreshtoken|apikey|accesskey|privatekey|secretkey)s?$|password|パスワード|密码|비밀번호/;
const PASSWORD_WAYS = "Delete it: Cognito makes and sends passwords. One that was committed must be changed.";
const STEPS =
  'People leave in two steps: put the line back with "leaving": true and deploy; delete it later.';

/** What Cognito takes for the same name. */
const fold = (name) => name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");

/**
 * @param {string} text the roster
 * @returns {{ offset: number, message: string, hint: string }[]} in file order
 */
export function problemsOf(text) {
  let root;
  try {
    root = readJson(withoutMark(text));
  } catch (error) {
    return [
      {
        offset: error.cause,
        message: "this is not JSON",
        hint: "A comma, a quote or a bracket? See npm run check.",
      },
    ];
  }
  const users = root.members?.find(({ name }) => name === "users")?.value;
  if (users?.members === undefined) {
    const hint = 'Write { "users": { "hanako@example.com": {} } }.';
    return [{ offset: root.offset, message: "there are no users in it", hint }];
  }
  if (users.members.length === 0) {
    const hint = "Take the people back from git: deploying this would mean deleting everybody.";
    return [{ offset: users.offset, message: '"users" is empty', hint }];
  }
  const problems = [];
  for (const { value } of users.members) {
    if (value.members === undefined) {
      const message = "a person must be an object; this is not shown, because it may be a password";
      problems.push({
        offset: value.offset,
        message,
        hint: "Write {} for a person without further details.",
      });
    }
  }
  const visit = (node) => {
    const seen = new Set();
    for (const { name, offset, value } of node.members ?? []) {
      const same = node === users ? fold(name) : name;
      if (seen.has(same)) {
        const message = `this name stands here a second time, or differs only in letter case`;
        problems.push({
          offset,
          message,
          hint: "Merge the two or delete one; JSON would silently keep the last.",
        });
      }
      seen.add(same);
      if (
        node !== users &&
        SECRET.test(
          name
            .normalize("NFKC")
            .toLowerCase()
            .replace(/[^\p{L}\p{M}]/gu, ""),
        )
      ) {
        const message = "this field looks like a password or another secret: none may stand in a roster";
        problems.push({ offset, message, hint: PASSWORD_WAYS });
      } else visit(value);
    }
    for (const item of node.items ?? []) visit(item);
  };
  visit(root);
  return problems.sort((a, b) => a.offset - b.offset);
}

/**
 * Whose line is gone, although they were not leaving.
 * @param {string} before an earlier text of the roster; one that is no JSON has nobody to lose
 * @param {string} text the roster
 * @returns {{ message: string, hint: string }[]}
 */
export function lostSince(before, text) {
  const now = peopleOf(text);
  return [...peopleOf(before)].flatMap(([name, leaving]) =>
    leaving || now.has(name)
      ? []
      : [{ message: `${JSON.stringify(name)} is gone, but was not leaving`, hint: STEPS }],
  );
}

/** Whether each is leaving. */
function peopleOf(text) {
  try {
    const { users = {} } = JSON.parse(withoutMark(text));
    return new Map(Object.entries(users).map(([name, person]) => [name, person?.leaving === true]));
  } catch {
    return new Map();
  }
}

const withoutMark = (text) => text.replace(/^\ufeff/, "");
