import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requireName } from "../../../scripts/frame/protection.ts";

const terminal = (isTTY: boolean) => {
  for (const stream of [process.stdin, process.stderr])
    Object.defineProperty(stream, "isTTY", { value: isTTY, configurable: true });
};
const before = [process.stdin.isTTY, process.stderr.isTTY];
beforeEach(() => terminal(false));
afterEach(() => {
  for (const [index, stream] of [process.stdin, process.stderr].entries())
    Object.defineProperty(stream, "isTTY", { value: before[index], configurable: true });
});

describe("the name that stands for a yes", () => {
  const asked = { name: "prod", asked: true, what: "environment" } as const;

  test("is typed on a terminal, and given by --confirm without one", () => {
    expect(() => requireName({ ...asked, confirm: "prod" })).not.toThrow();
    terminal(true);
    expect(() => requireName(asked)).not.toThrow();
  });

  test("without either nothing is done", () => {
    expect(() => requireName(asked)).toThrow(
      expect.objectContaining({ exitCode: 2, next: ["add --confirm prod"] }),
    );
  });

  test.each(["dev", "", "PROD", "prod "])("is no other one: %j", (confirm) => {
    for (const isTTY of [true, false]) {
      terminal(isTTY);
      expect(() => requireName({ ...asked, confirm })).toThrow(expect.objectContaining({ exitCode: 2 }));
    }
  });

  test("is not asked for where nothing is protected; one that is given has to be right all the same", () => {
    const unasked = { name: "dev", asked: false, what: "environment" } as const;
    expect(() => requireName(unasked)).not.toThrow();
    expect(() => requireName({ ...unasked, confirm: "dev" })).not.toThrow();
    expect(() => requireName({ ...unasked, confirm: "prod" })).toThrow(
      expect.objectContaining({ message: "--confirm doesn't match this environment" }),
    );
  });
});
