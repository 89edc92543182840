import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { byOwnUsername } from "./group-lookup.ts";
import { Inbox } from "./inbox.ts";
import type { RunningEmulator } from "./moto.ts";

export interface EmbeddedCognito extends RunningEmulator {
  /** What it has "sent": its log, read as mail. */
  readonly inbox: Inbox;
}

/**
 * Starts cognito-local in this process, on a free loopback port. It generates temporary passwords and delivers
 * invitations to its log; it accepts any temporary password and any new one.
 *
 * It keeps its data in `.cognito` under the working directory, passwords in plain text, and offers no way to name
 * another place: so the working directory of this process is `directory` until it is stopped.
 * @param directory an empty directory for its data, which the caller removes
 */
export async function startCognitoLocal(directory: string): Promise<EmbeddedCognito> {
  process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1"; // its AWS SDK v2 says on stderr that it is old
  const { createDefaultServer } = await import("cognito-local");
  const inbox = new Inbox();
  const home = process.cwd();
  process.chdir(directory);
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Its tokens name the issuer, where their keys are found; by default that is a fixed port.
  mkdirSync(".cognito");
  // It would also have every pool sign in by e-mail, whatever the pool says.
  const config = { TokenConfig: { IssuerDomain: endpoint }, UserPoolDefaults: { UsernameAttributes: [] } };
  writeFileSync(".cognito/config.json", JSON.stringify(config));
  const { application } = await createDefaultServer(loggerOf((line) => inbox.read(line)));
  server.on("request", byOwnUsername(application));
  return {
    endpoint,
    inbox,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      process.chdir(home);
    },
  };
}

type Logger = Parameters<typeof import("cognito-local")["createDefaultServer"]>[0];

/** As much of a pino logger as cognito-local uses; messages are delivered at level info. */
function loggerOf(info: (line: string) => void): Logger {
  const ignore = () => {};
  const logger = {
    child: () => logger,
    trace: ignore,
    debug: ignore,
    info: (line: unknown) => typeof line === "string" && info(line),
    warn: ignore,
    error: ignore,
    fatal: ignore,
  };
  return logger as unknown as Logger;
}
