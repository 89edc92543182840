import { beforeEach, describe, expect, test } from "vitest";
import type { Applied, applyProposal } from "../../lib/deploy/apply.ts";
import { ApplyRecord } from "../../lib/deploy/apply-record.ts";
import { deployToTheEnd, isPartOf } from "../../lib/deploy/converge.ts";
import type { Proposal } from "../../lib/deploy/proposal.ts";
import type { UserError } from "../../lib/errors.ts";
import { parsePlan } from "../../lib/review/plan.ts";
import { TerraformError } from "../../lib/terraform/errors.ts";
import type { TerraformEvent } from "../../lib/terraform/events.ts";
import { NOT_STARTED } from "../../lib/terraform/run.ts";
import { type Change, change, planOf } from "../review/plans.ts";

const A = 'aws_cognito_user.users["a"]';
const B = 'aws_cognito_user.users["b"]';
const person = (more: object = {}) => ({
  username: "a",
  enabled: true,
  attributes: { name: "A" },
  desired_delivery_mediums: ["EMAIL"],
  ...more,
});
const joins = change(A, ["create"], null, person());
const plan = (...changes: readonly Change[]) => parsePlan(planOf(...changes));

describe("a plan is part of the reviewed one", () => {
  const taken = person({ attributes: { name: "A", sub: "1" }, desired_delivery_mediums: null });
  test.each<[string, Change[], boolean]>([
    ["nothing is left", [change(A, ["no-op"], person(), person())], true],
    ["the same is left", [joins], true],
    [
      "taken over instead of created",
      [change(A, ["no-op"], taken, taken, { importing: { id: "p/a" } })],
      true,
    ],
    ["half-made, and finished", [change(A, ["update"], person({ enabled: false }), person())], true],
    ["somebody else", [joins, change(B, ["create"], null, person({ username: "b" }))], false],
    ["another end", [change(A, ["create"], null, person({ enabled: false }))], false],
    ["another attribute", [change(A, ["create"], null, person({ attributes: { name: "B" } }))], false],
    ["a deletion", [change(A, ["delete"], person(), null)], false],
    ["a replacement", [change(A, ["delete", "create"], person(), person())], false],
  ])("%s", (_, changes, expected) => {
    expect(isPartOf(plan(...changes), plan(joins))).toBe(expected);
  });

  test("what was a change of nothing then is none now", () => {
    const still = change(A, ["no-op"], person(), person());
    expect(isPartOf(plan(joins), plan(still))).toBe(false);
  });
});

describe("a deploy", () => {
  const failed = (summary: string) =>
    new TerraformError(`terraform apply failed: ${summary}`, {
      diagnostics: [{ severity: "error", summary }],
    });
  const LOST = failed("creating Cognito User (a): UsernameExistsException: User account already exists");
  const DONE = {} as Applied;
  let signal: AbortSignal;
  beforeEach(() => {
    signal = new AbortController().signal;
  });
  const proposal = (changes: readonly Change[], rest: readonly (readonly Change[])[] = []): Proposal => {
    const [next = [], ...more] = rest;
    return {
      plan: plan(...changes),
      refused: [],
      context: { signal },
      again: async (use: (next: Proposal) => Promise<unknown>) => use(proposal(next, more)),
    } as unknown as Proposal;
  };
  /** Ends by these, one after the other. */
  const run = async (ends: readonly (Error | Applied)[], first: Proposal) => {
    const said: string[] = [];
    const left = [...ends];
    const apply = async () => {
      const end = left.shift();
      if (end instanceof Error) throw end;
      return end as Applied;
    };
    const options = { onProgress: () => {}, onNotice: (text: string) => void said.push(text), apply };
    const done = await deployToTheEnd(first, options).catch((error: unknown) => error);
    return { done, said, left };
  };

  test("that loses an answer goes on by itself, and says so", async () => {
    const { done, said } = await run([LOST, DONE], proposal([joins], [[joins]]));
    expect(done).toBe(DONE);
    expect(said).toEqual([expect.stringMatching(/is continuing \(1 of 3\): .*UsernameExistsException/)]);
  });

  test("goes on three times at most", async () => {
    const again = [[joins], [joins], [joins], [joins]];
    const { done, said } = await run([LOST, LOST, LOST, LOST, DONE], proposal([joins], again));
    expect(done).toBe(LOST);
    expect(said).toHaveLength(3);
  });

  test("stops where the rest is not what was reviewed", async () => {
    const other = change(B, ["create"], null, person({ username: "b" }));
    const { done, left } = await run([LOST, DONE], proposal([joins], [[joins, other]]));
    expect(done).toBe(LOST);
    expect(left).toEqual([DONE]);
  });

  test.each([
    failed("AccessDeniedException: not authorized"),
    new TypeError("a defect"),
    new TerraformError("terraform apply was interrupted", { interrupted: true }),
  ])("stops at what another run would meet again: %s", async (end) => {
    const { done, said } = await run([end, DONE], proposal([joins], [[joins]]));
    expect(done).toBe(end);
    expect(said).toEqual([]);
  });

  describe("that does not come to its end says what is done and what is not, name by name", () => {
    const C = 'aws_cognito_user_in_group.memberships["a in ops"]';
    const member = { username: "a", group_name: "ops", user_pool_id: "p" };
    const three = [
      joins,
      change(B, ["create"], null, person({ username: "b" })),
      change(C, ["create"], null, member),
    ];
    const event = (type: string, addr: string): TerraformEvent => ({
      type,
      "@level": "info",
      "@message": "",
      hook: { resource: { addr, resource_type: "", resource_name: "", resource_key: null } },
    });
    const diagnostic = (address: string, detail: string): TerraformEvent => ({
      type: "diagnostic",
      "@level": "error",
      "@message": "",
      diagnostic: { severity: "error", summary: "creating Cognito User", detail, address },
    });
    const ending = async (events: readonly TerraformEvent[], end: Error) => {
      const apply: typeof applyProposal = async ({ plan: what }, { record = new ApplyRecord() }) => {
        record.begin(what);
        events.forEach(record.observe);
        throw end;
      };
      const options = { onProgress: () => {}, onNotice: () => {}, apply };
      return await deployToTheEnd(proposal(three), options).catch((error: UserError) => error);
    };

    test("a right is missing", async () => {
      const events = [
        event("apply_start", A),
        event("apply_start", B),
        event("apply_complete", A),
        diagnostic(B, "operation error: AccessDeniedException: User: arn is not authorized to perform"),
      ];
      expect(await ending(events, failed("AccessDeniedException"))).toMatchObject({
        message: expect.stringMatching(/^The deploy didn't finish: /),
        why: "1 of 3 changes done: a\nfailed: b – these credentials aren't allowed to do that\nnot applied yet: a in ops",
        next: ["then deploy the rest: npm run deploy"],
      });
    });

    const NOT_SENT = "operation error: AdminCreateUser, CodeDeliveryFailureException: SMTP refused";

    test("an invitation that could not be sent: it goes on, and says at the end who has heard nothing, and the command", async () => {
      let times = 0;
      const apply: typeof applyProposal = async ({ plan: what }, { record = new ApplyRecord() }) => {
        record.begin(what);
        if (times++ > 0) {
          record.end();
          return DONE;
        }
        [event("apply_start", A), diagnostic(A, NOT_SENT), diagnostic(B, NOT_SENT)].forEach(record.observe);
        throw failed(NOT_SENT);
      };
      const options = { onProgress: () => {}, onNotice: () => {}, apply };
      const ended = await deployToTheEnd(proposal(three, [three]), options).catch((error: unknown) => error);
      expect(times).toBe(2);
      expect(ended).toMatchObject({
        exitCode: 1,
        message: "Deployed, but 2 invitations could not be sent: a, b",
        next: expect.arrayContaining([expect.stringContaining("npm run invite -- a b")]),
      });
    });

    test("the same beside a failure that does not pass: the command comes with the rest", async () => {
      const events = [
        event("apply_start", A),
        diagnostic(A, NOT_SENT),
        diagnostic(B, "AccessDeniedException: not authorized"),
      ];
      expect(await ending(events, failed("AccessDeniedException"))).toMatchObject({
        why: expect.stringContaining("failed: a – created, but the invitation could not be sent"),
        next: [
          "then deploy the rest: npm run deploy",
          "then send the invitations again: npm run invite -- a",
        ],
      });
    });

    test("a failure before anything was done stays as it is", async () => {
      const stale = failed("Saved plan is stale");
      expect(await ending([], stale)).toBe(stale);
    });

    test("Ctrl-C in the last moment: all of it is done, and nothing says that it had not started", async () => {
      signal = AbortSignal.abort();
      const late = new TerraformError("terraform output was interrupted", {
        why: NOT_STARTED,
        interrupted: true,
      });
      const events = [A, B, C].flatMap((at) => [event("apply_start", at), event("apply_complete", at)]);
      expect(await ending(events, late)).toMatchObject({
        why: "All of it was applied: 3 changes.",
        next: [],
      });
    });
  });
});
