import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { UserError } from "../errors.ts";
import type { RunningEmulator } from "./moto.ts";

const TARGET = "AWSCognitoIdentityProviderService.AdminListGroupsForUser";

/**
 * Fills one gap of cognito-local 5.3.0: if people sign in by e-mail, it stores group members by their own username, the sub,
 * but AdminListGroupsForUser looks for the name in the request, the e-mail address, and finds no group. The provider sends that
 * request after every membership it creates. It is passed on with the person's own username instead.
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
  // `_body` tells body-parser that the body has already been read.
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

/** The embedded Cognito's log, read as the e-mails and text messages in it. */
export class Inbox {
  readonly #codes = new Map<string, string>();

  /** Reads one log line: a boxed message is kept, the latest for each address; anything else is ignored. */
  read(line: string): void {
    // In a box as wide as the window: a long address goes on in the next line, and there is no line feed between full lines.
    const rows = stripVTControlCharacters(line)
      .split(/[│\n]/)
      .map((row) => row.trim());
    const field = (name: string) => {
      const first = rows.findIndex((row) => row.startsWith(`${name}: `));
      if (first < 0) return undefined;
      const rest = rows.slice(first + 1).filter((row) => row !== "");
      const end = rest.findIndex((row) => !/^\S+$/.test(row) || /^[╰└]/.test(row));
      const more = end < 0 ? rest : rest.slice(0, end);
      return `${rows[first]?.slice(name.length + 1).trim()}${more.join("")}`;
    };
    const destination = field("Destination");
    const code = field("Code");
    if (destination !== undefined && code !== undefined) this.#codes.set(destination, code);
  }

  /**
   * The temporary password of the last invitation.
   * @param address the e-mail address or phone number it was sent to
   * @returns undefined if nothing was sent there
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
 * Starts cognito-local in this process, on a free loopback port. It generates temporary passwords and writes invitations to its
 * log; it accepts any temporary password and any new one.
 *
 * It keeps its data in `.cognito` under the working directory, passwords in plain text, and no option changes the place: so
 * this process's working directory is `directory` until it is stopped.
 * @param directory an empty directory for its data, which the caller removes
 * @param load imports cognito-local, which only projects that rehearse need to install
 * @throws UserError if it isn't installed
 */
export async function startCognitoLocal(
  directory: string,
  load = () => import("cognito-local"),
): Promise<EmbeddedCognito> {
  process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1"; // its AWS SDK v2 warns on stderr that it is old
  const { createDefaultServer } = await load().catch(explainMissing);
  const inbox = new Inbox();
  const home = process.cwd();
  process.chdir(directory);
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Its tokens name the issuer, which serves their keys; by default that is a fixed port.
  mkdirSync(".cognito");
  // It would also let every pool sign in by e-mail, whatever the pool's settings.
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

/** The release that the rehearsal was tested with: package.json has the same one. */
const VERSION = "5.3.0";

function explainMissing(error: unknown): never {
  const { code, message } = Object(error) as Partial<NodeJS.ErrnoException>;
  // A broken installation lacks another package, and is not explained by this.
  if (code !== "ERR_MODULE_NOT_FOUND" || !message?.includes("'cognito-local'")) throw error;
  throw new UserError("cognito-local is not installed", {
    why: "The rehearsal needs it: it is the emulated Cognito.",
    next: [
      `npm install --save-dev cognito-local@${VERSION}`,
      "or rehearse on moto, if moto_server is on the PATH: npm run local -- --emulator moto",
    ],
    cause: error,
  });
}

type Logger = Parameters<typeof import("cognito-local")["createDefaultServer"]>[0];

/** The parts of a pino logger that cognito-local uses; messages are delivered at level info. */
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
