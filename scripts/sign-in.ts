import { enrolMfa } from "../lib/auth/sign-in.ts";
import { main } from "./frame/main.ts";
import { checkSave, finishSignIn, withPerson } from "./frame/person.ts";
import { signInAsAsked } from "./frame/sign-in.ts";

main(() =>
  withPerson(
    {
      name: "sign-in",
      description: "Signs in a person who has finished their first login.",
      readOnly: true,
      stdin: {
        "--password-stdin":
          "the password, then a line for each code that Cognito asks for; with --flow choice, the choice comes first, if there is one: PASSWORD, EMAIL_OTP or SMS_OTP",
      },
      options: [
        "--flow <name>",
        "--totp-secret-stdin",
        "--mfa-enroll",
        "--device-name <name>",
        "--show-tokens",
        "--save <file>",
        "--browser",
        "--print-url",
        "--domain <name>",
        "--callback <url>",
      ],
    },
    async (work) => {
      const { options, client } = work;
      await checkSave(options);
      const signedIn = await signInAsAsked(work);
      const { accessToken } = signedIn.tokens;
      if (options.mfaEnroll) await enrolMfa(client, { ...signedIn.work.person, accessToken });
      await finishSignIn(signedIn.work, options.mfaEnroll ? "enrolled" : "signed-in", signedIn.tokens);
    },
  ),
);
