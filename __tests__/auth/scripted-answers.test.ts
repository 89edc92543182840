import { describe, expect, test } from "vitest";
import { type Prepared, preparedAnswers } from "../../lib/auth/scripted-answers.ts";

const SECRET = "JBSWY3DPEHPK3PXP";
const prepared = (more: Partial<Prepared> = {}) =>
  preparedAnswers({ newPassword: "Correct-horse-77!", attribute: (name) => `a ${name}`, ...more });
const code = { medium: "app", destination: undefined, refused: false } as const;

describe("answers that were prepared beforehand", () => {
  test("are the password and the attributes", async () => {
    expect(await prepared().newPassword({ policy: undefined, refused: [] })).toBe("Correct-horse-77!");
    expect(await prepared().attribute("name")).toBe("a name");
  });

  test("a refused password is not given again, and the words do not repeat it", async () => {
    const refused = prepared().newPassword({ policy: undefined, refused: ["contain a number"] });
    await expect(refused).rejects.toThrow("The new password was refused: it must contain a number");
    await expect(refused).rejects.not.toThrow("Correct-horse");
  });

  test("without an authenticator none is made: its secret would be lost", () => {
    expect(prepared().authenticator).toBeUndefined();
  });

  test("a code is nobody's to give before an app was set up", async () => {
    await expect(prepared({ authenticator: { onWait: () => {} } }).code(code)).rejects.toThrow(
      "Cognito asks for a code (app), which a script can't answer",
    );
  });

  test("an app that is set up answers by itself, and waits for the next code when one was used", async () => {
    let now = 0;
    const waits: number[] = [];
    const clock = {
      now: () => now,
      sleep: async (milliseconds: number) => {
        now += milliseconds;
      },
    };
    const answers = prepared({ authenticator: { onWait: (seconds) => waits.push(seconds), clock } });
    await answers.authenticator?.({ secret: SECRET, uri: "" });
    const [first, second] = [await answers.code(code), await answers.code(code)];
    expect([first, second]).toEqual(["282760", "996554"]);
    expect(waits).toEqual([30]);
  });
});
