import { describe, expect, test } from "vitest";
import { lockedState } from "../../lib/terraform/errors.ts";

const SUMMARY = "Error acquiring the state lock";
const locked = (detail: string, summary = SUMMARY) =>
  lockedState({ severity: "error", summary, detail }, "/team");

const INFO = `Lock Info:
  ID:        adb619f7-8332-1d98-c7dc-015b455af213
  Path:      ../l.tfstate
  Operation: OperationTypeApply
  Who:       root@vm
  Version:   1.11.4
  Created:   2026-11-21 01:19:32.604830765 +0000 UTC
  Info:      
`;

describe("a locked state", () => {
  test("is told with who has held it since when, and for what", () => {
    expect(locked(`Error message: resource temporarily unavailable\n${INFO}`)?.message).toBe(
      "The state ../l.tfstate is locked: root@vm has been working on it since 2026-11-21 01:19:32 UTC (apply)",
    );
  });

  test("is to be waited for; the command that breaks it is complete, and comes last", () => {
    const next = locked(INFO)?.next ?? [];
    expect(next[0]).toContain("Wait");
    expect(next.at(-1)).toContain(
      "(cd /team && terraform force-unlock adb619f7-8332-1d98-c7dc-015b455af213)",
    );
  });

  test("on a server is told without who has it: Terraform shows the lock that this run wanted, and the other's ID", () => {
    const problem = locked(`Error message: HTTP remote state already locked: ID=7d1c\n${INFO}`);
    expect(problem?.message).toBe("The state is locked: Another run has been working on it");
    expect(problem?.next?.at(-1)).toContain("(cd /team && terraform force-unlock 7d1c)");
  });

  test("is told also when the other run let go before it could be asked who it was", () => {
    expect(locked("Error message: api error PreconditionFailed: …")?.message).toBe(
      "The state is locked: Another run has been working on it",
    );
  });

  test.each([
    ["a bucket that may not be written", SUMMARY, "Error message: api error AccessDenied: Access Denied"],
    ["another error", "Saved plan is stale", INFO],
  ])("%s is not taken for one", (_, summary, detail) => {
    expect(locked(detail, summary)).toBeUndefined();
  });
});
