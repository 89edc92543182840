import { describe, expect, test } from "vitest";
import type { Answers } from "../../lib/auth/answers.ts";
import { withTotpSecret } from "../../lib/auth/totp.ts";

/** RFC 6238, appendix B: the SHA-1 secret, and the last six digits of its codes. */
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const app = { medium: "app", destination: undefined, refused: false } as const;

function at(seconds: number, secret = SECRET) {
  let now = seconds * 1_000;
  const waits: number[] = [];
  const given: Answers = {
    newPassword: async () => "p",
    attribute: async () => "a",
    code: async ({ medium }) => `typed ${medium}`,
  };
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  return { answers: withTotpSecret(given, secret, (wait) => waits.push(wait), clock), waits };
}

describe("answers from the secret of an authenticator app", () => {
  test.each([
    [59, "287082"],
    [1111111109, "081804"],
    [1234567890, "005924"],
    [20000000000, "353130"],
  ])("are RFC 6238's at %i s", async (seconds, code) => {
    expect(await at(seconds).answers.code(app)).toBe(code);
  });

  test.each(["gezd gnbv gy3t qojq gezd gnbv gy3t qojq", "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ"])(
    "take the secret as it is shown: %s",
    async (secret) => {
      expect(await at(59, secret).answers.code(app)).toBe("287082");
    },
  );

  test("never give the same code twice: the next window is waited for, with a word", async () => {
    const { answers, waits } = at(1111111109);
    expect(await answers.code(app)).toBe("081804");
    expect(await answers.code(app)).toBe("050471");
    expect(waits).toEqual([1]);
  });

  test("leave every other code to the person", async () => {
    expect(await at(59).answers.code({ ...app, medium: "sms" })).toBe("typed sms");
  });

  test("choose the authenticator app where there is a choice", async () => {
    expect(await at(59).answers.choose?.(["SMS_MFA", "SOFTWARE_TOKEN_MFA"])).toBe("SOFTWARE_TOKEN_MFA");
  });

  test("do not try again when the code was wrong: it would be no better", async () => {
    await expect(at(59).answers.code({ ...app, refused: true })).rejects.toThrow(
      "Cognito refused the code computed from the given secret",
    );
  });

  test.each(["123456", "otpauth://totp/x?secret=ABC", "geheim-1", "-"])(
    "a secret that is none is refused without being repeated: %s",
    (secret) => {
      let told: unknown;
      try {
        at(59, secret);
      } catch (error) {
        told = error;
      }
      expect(told).toMatchObject({
        message: expect.stringContaining("not valid base32"),
        exitCode: 2,
      });
    },
  );
});
