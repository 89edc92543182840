import type { Node } from "jsonc-parser";
import type { z } from "zod";
import { explainType } from "./attribute-types.ts";
import { holdsPeople, unknownAttribute, unknownPersonField, unknownRootField } from "./explain-names.ts";
import { ATTRIBUTE_VALUE_MAX, GROUPS_MAX, NOTE_MAX, OWNER_MAX } from "./formats.ts";
import { type Checking, type Entry, entriesOf, kindOf } from "./json-text.ts";
import { explainDay, explainMembership, membershipProblems } from "./memberships.ts";
import { explainEmail, explainPhone } from "./names.ts";
import type { Words } from "./problem.ts";
import { looksLikeSecret, PASSWORD_WAYS, quote, shown } from "./redact.ts";
import type { RosterRules } from "./roster.ts";

type Issue = z.core.$ZodIssue;

/**
 * Reports one finding of the schema in words, with its place in the file.
 * @param issue its path is from the top of the file, or from `person` if given
 */
export function reportIssue(issue: Issue, { tree, rules, report }: Checking, person?: Entry): void {
  const path = person ? ["users", person.name, ...issue.path] : issue.path;
  const node = tree.at(issue.path, person?.value);
  if (path[2] === "groups" && path.length > 3) {
    const membership = tree.at(path.slice(2, 4), person?.value ?? tree.at(path.slice(0, 2)));
    // Its name, checks.ts explains.
    if (membership?.type === "object") {
      for (const { at, words } of membershipProblems(membership)) report(at, words);
      return;
    }
  }
  if (issue.code === "unrecognized_keys") {
    for (const name of issue.keys) {
      const key = tree.entry(node, name)?.key;
      const declared = new Set(path.length === 3 ? rules.customAttributes : []);
      // checks.ts reports one that looks like a password's.
      if (key && !looksLikeSecret(name, declared)) report(key, unknownField(path.length, name, rules));
    }
    return;
  }
  if (node === undefined) {
    // Only users can be missing; a field beside it that was probably meant as users is reported instead.
    if (!entriesOf(tree.root).some(({ name }) => holdsPeople(name))) {
      report(tree.root, {
        message: 'there is no "users"',
        hint: 'Write { "users": { "hanako@example.com": {} } }.',
      });
    }
    return;
  }
  report(node, explain(issue, path, node, rules));
}

/** What is wrong with an attribute's value by the type that the pool gives it, or undefined. */
export function typeProblem(name: string, value: string, rules: RosterRules): Words | undefined {
  const { attributeTypes = {}, earlier } = rules;
  const type = Object.hasOwn(attributeTypes, name) ? attributeTypes[name] : undefined;
  return type === undefined || earlier || value === "" ? undefined : explainType(name, type, value);
}

function unknownField(depth: number, name: string, rules: RosterRules): Words {
  if (depth === 0) return unknownRootField(name);
  return depth === 2 ? unknownPersonField(name, rules) : unknownAttribute(name, rules);
}

/** @param path [], ["$schema"], ["users"], ["users", username] or [… , field, attribute or index] */
function explain(issue: Issue, path: readonly PropertyKey[], node: Node, rules: RosterRules): Words {
  const [top, , field, part] = path;
  if (top === undefined) {
    return {
      message: `the file contains ${kindOf(node)}, not an object`,
      hint: 'Write { "users": { "hanako@example.com": {} } }.',
    };
  }
  if (top === "$schema")
    return { message: `"$schema" must be text, not ${kindOf(node)}`, hint: 'Write "./users.schema.json".' };
  if (path.length === 1) {
    return {
      message: `"users" must be an object, not ${kindOf(node)}`,
      hint: 'Write it by username: "users": { "hanako@example.com": {} }.',
    };
  }
  if (field === undefined) return notAPerson(node);
  if (part !== undefined)
    return field === "groups" ? explainMembership(node) : badAttribute(String(part), issue, node, rules);
  return badField(String(field), issue, node, rules);
}

function notAPerson(node: Node): Words {
  if (node.type === "string") {
    return {
      message: "this person is text instead of an object; it isn't shown, because it may be a password",
      hint: `Write {} in its place. ${PASSWORD_WAYS}`,
    };
  }
  return {
    message: `a person must be an object, not ${kindOf(node)}`,
    hint: "Write {} for a person without details.",
  };
}

function badField(field: string, issue: Issue, node: Node, { signInWith }: RosterRules): Words {
  const phone = signInWith === "phone";
  const text: string | undefined = node.type === "string" ? String(node.value) : undefined;
  switch (field) {
    case "email":
      return (
        (text !== undefined && explainEmail(text)) || {
          message: `"email" must be text, not ${kindOf(node)}`,
          hint: 'Write it as "hanako@example.com".',
        }
      );
    case "phone":
      return (
        (text !== undefined && explainPhone(text)) || {
          message: `"phone" must be text, not ${node.type === "number" ? node.value : kindOf(node)}`,
          hint: 'Write it in double quotes: "+819012345678".',
        }
      );
    case "invite":
      return {
        message: `"invite" can't be ${text === undefined ? kindOf(node) : shown(text, "word")}`,
        hint: `Write "email", "sms" or "none"${guessInvite(node)}.`,
      };
    case "groups":
      if (issue.code === "too_big")
        return {
          message: `${node.children?.length} groups are too many for one person`,
          hint: `Cognito's quota is ${GROUPS_MAX}.`,
        };
      return {
        message: `"groups" must be a list, not ${text === undefined ? kindOf(node) : shown(text, "name")}`,
        hint: `Write it in brackets: [${shown(text ?? "ops", "name", '"ops"')}].`,
      };
    case "formerly":
      return (
        (text !== undefined && (phone ? explainPhone(text) : explainEmail(text))) || {
          message: `"formerly" must be text, not ${kindOf(node)}`,
          hint: `Write the ${phone ? "number" : "address"} that the account was deployed under, in double quotes: "${phone ? "+819012345678" : "old@example.com"}".`,
        }
      );
    case "until":
      return explainDay(node) ?? { message: '"until" can\'t be this', hint: 'Write "2026-12-31".' };
    case "note":
    case "owner":
      return badRemark(field, issue, node);
    case "attributes":
      return {
        message: `"attributes" must be an object, not ${kindOf(node)}`,
        hint: 'Write { "name": "Hanako" }.',
      };
    default: {
      const hint =
        text !== undefined && /^(?:true|false)$/i.test(text)
          ? `Write ${text.toLowerCase()}, without quotes.`
          : "Write true or false.";
      const given =
        text !== undefined
          ? shown(text, "flag")
          : node.value === 0 || node.value === 1
            ? node.value
            : kindOf(node);
      return { message: `"${field}" must be true or false, not ${given}`, hint };
    }
  }
}

/** A remark is not repeated: it may contain a password. */
function badRemark(field: "note" | "owner", issue: Issue, node: Node): Words {
  if (node.type !== "string") {
    return { message: `"${field}" must be text, not ${kindOf(node)}`, hint: "Write it in double quotes." };
  }
  if (issue.code === "too_big") {
    return {
      message: `"${field}" has ${String(node.value).length} characters`,
      hint: `The limit is ${field === "note" ? NOTE_MAX : OWNER_MAX}, so that it fits into a review. Keep the rest elsewhere.`,
    };
  }
  return String(node.value).trim() === ""
    ? { message: `"${field}" is empty`, hint: "Write something, or leave it out." }
    : {
        message: `"${field}" contains half a character (a lone surrogate)`,
        hint: "Write the character itself instead of its \\u escapes.",
      };
}

function guessInvite(node: Node): string {
  if (node.value === false || node.value === null || /^(?:no|off|false|never)$/i.test(String(node.value)))
    return ' ("none" sends nothing)';
  return "";
}

/** An attribute's value is not repeated, except an attempt at the two with a fixed form: it may be confidential. */
function badAttribute(name: string, issue: Issue, node: Node, rules: RosterRules): Words {
  const quoted = quote(name);
  if (node.type === "object" || node.type === "array" || node.value === null) {
    const hint =
      name === "address"
        ? "Cognito stores an address as one text."
        : "Write it as one text in double quotes, or leave it out.";
    return { message: `the attribute ${quoted} must be text, not ${kindOf(node)}`, hint };
  }
  if (node.type !== "string") {
    return {
      message: `the attribute ${quoted} must be text, not ${kindOf(node)}`,
      hint: "Put the value in double quotes.",
    };
  }
  const value = String(node.value);
  if (value === "") {
    return {
      message: `the attribute ${quoted} is empty`,
      hint: "Leave it out: Cognito deletes an attribute with a blank value, and every plan would set it again.",
    };
  }
  if (name === "birthdate")
    return {
      message: `birthdate ${shown(value, "digits", "(not shown)")} is not a valid date`,
      hint: 'Write it as "1990-01-31" (YYYY-MM-DD).',
    };
  if (name === "updated_at")
    return {
      message: `updated_at ${shown(value, "digits", "(not shown)")} is not a number of seconds`,
      hint: 'Write digits only, in double quotes: "1700000000".',
    };
  const words = typeProblem(name, value, rules);
  if (words) return words;
  if (issue.code === "too_big") {
    return {
      message: `the attribute ${quoted} has ${value.length} characters`,
      hint: `Cognito's limit is ${ATTRIBUTE_VALUE_MAX}.`,
    };
  }
  return {
    message: `the attribute ${quoted} contains half a character (a lone surrogate)`,
    hint: "Write the character itself instead of its \\u escapes.",
  };
}
