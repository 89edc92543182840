import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import type { RunningEmulator } from "./moto.ts";

const TARGET = "AWSCognitoIdentityProviderService.AdminListGroupsForUser";

/**
 * Mends one gap of cognito-local 5.3.0: where people sign in by e-mail it keeps group members by their own username, the
 * sub, but AdminListGroupsForUser looks for the name as asked, the e-mail address, and finds no group. The provider asks
 * so after every membership it creates. Such a request is passed on with the person's own username instead.
 */
function byOwnUsername(application: RequestListener): RequestListener {
  return (request, response) => {
    if (request.headers["x-amz-target"] !== TARGET) return application(request, response);
    rename(request).then(
      () => application(request, response),
      () => response.writeHead(400).end(),
    );
  };
}

async function rename(request: IncomingMessage): Promise<void> {
  const body = (await json(request)) as { UserPoolId: string; Username: string };
  const Username = (await ownUsername(request, body)) ?? body.Username;
  // `_body` tells body-parser that the body has been read already.
  Object.assign(request, { _body: true, body: { ...body, Username } });
}

async function ownUsername(request: IncomingMessage, body: object): Promise<string | undefined> {
  const answer = await fetch(`http://${request.headers.host}/`, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": TARGET.replace(/\.\w+$/, ".AdminGetUser"),
    },
    body: JSON.stringify(body),
  });
  return ((await answer.json()) as { Username?: string }).Username;
}

/** The embedded Cognito's log, read as the mail and text messages it stands for. */
export class Inbox {
  readonly #codes = new Map<string, string>();

  /** Takes one log line: a boxed message is kept, the latest for each address; anything else is passed over. */
  read(line: string): void {
    const text = stripVTControlCharacters(line);
    const field = (name: string) => new RegExp(`^[│ ]*${name}: +(\\S+)`, "m").exec(text)?.[1];
    const destination = field("Destination");
    const code = field("Code");
    if (destination !== undefined && code !== undefined) this.#codes.set(destination, code);
  }

  /**
   * The temporary password of the last invitation.
   * @param address the e-mail address or phone number it was sent to
   * @returns undefined when nothing was sent there
   */
  temporaryPassword(address: string): string | undefined {
    return this.#codes.get(address);
  }
}

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
