import { execa } from "execa";
import { UserError } from "../errors.ts";
import { withoutSteering } from "./emulator-environment.ts";

export interface RunningEmulator {
  /** Base URL on loopback, for AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  /** Ends the server; resolves when its process is gone. */
  readonly stop: () => Promise<void>;
}

/** A busy machine may take half a minute to load it. */
const START_TIMEOUT_MS = 120_000;

/**
 * Starts `moto_server` from the PATH on a free loopback port. It keeps its data in memory, verifies passwords and
 * sessions as Cognito does, and shows no invitations.
 * @throws UserError if moto_server is missing or doesn't start within two minutes
 */
export async function startMoto(): Promise<RunningEmulator> {
  const server = execa("moto_server", ["-H", "127.0.0.1", "-p", "0"], {
    // moto uses its own AWS SDK for some things: a profile of the caller's would make it fail every call.
    env: withoutSteering(process.env),
    extendEnv: false,
    // Its own process group: the terminal's Ctrl-C must reach the server only through stop().
    detached: true,
    reject: false,
    stdin: "ignore",
    buffer: false,
  });
  const ended = server.then((result) => result);
  const port = await new Promise<string | undefined>((resolve) => {
    let printed = "";
    server.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      printed = (printed + chunk).slice(-4096);
      const match = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(printed);
      if (match?.[1]) resolve(match[1]);
    });
    server.stdout.resume();
    void ended.then(() => resolve(undefined));
    setTimeout(() => resolve(undefined), START_TIMEOUT_MS).unref();
  });
  const kill = () => {
    if (server.pid === undefined || server.exitCode !== null) return;
    try {
      process.kill(-server.pid, "SIGTERM");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  // execa ends a detached child with us only if we ask it to.
  process.once("exit", kill);
  const stop = async () => {
    process.removeListener("exit", kill);
    kill();
    await ended;
  };
  if (port === undefined) {
    await stop();
    throw new UserError("moto_server did not start", {
      why: "The rehearsal with --emulator moto, and the tests on moto, need it on the PATH.",
      next: ["pip install 'moto[server]==5.2.1'", "or rehearse on the built-in emulator: npm run local"],
    });
  }
  return { endpoint: `http://127.0.0.1:${port}`, stop };
}
