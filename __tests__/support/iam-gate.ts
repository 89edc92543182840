import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { forward } from "./faulty-proxy.ts";
import { listenOnLoopback } from "./loopback.ts";

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
}

export interface IamPolicy {
  readonly Statement: readonly Statement[];
}

export interface IamGate {
  readonly endpoint: string;
  /** The actions that were called and allowed, and those that were refused. */
  readonly allowed: ReadonlySet<string>;
  readonly refused: ReadonlySet<string>;
  stop(): Promise<void>;
}

/**
 * In front of an emulator, which asks nobody for rights: lets through what a policy's actions allow, and refuses the rest as AWS
 * does. It looks at actions only, not at resources and conditions. What is not signed needs no right: it is a person's.
 */
export async function startIamGate(target: string, policy: IamPolicy): Promise<IamGate> {
  const allowed = new Set<string>();
  const refused = new Set<string>();
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await buffer(incoming);
    const action = actionOf(incoming, body.toString());
    if (action !== undefined) (permits(policy, action) ? allowed : refused).add(action);
    if (action !== undefined && !permits(policy, action)) return refuse(incoming, outgoing, action);
    const answer = await forward(target, incoming, body);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  };
  return { ...(await listenOnLoopback(serve)), allowed, refused };
}

/** The service is in the signature, and Cognito's operation in a header. A path of S3 with two parts is an object's. */
function actionOf({ headers, method, url = "/" }: IncomingMessage, body: string): string | undefined {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? "")?.[1];
  if (service === undefined) return undefined;
  if (service === "sts") return `sts:${new URLSearchParams(body).get("Action")}`;
  if (service !== "s3") return `${service}:${String(headers["x-amz-target"]).split(".").at(-1)}`;
  const object = (url.split("?")[0] ?? "").split("/").filter(Boolean).length > 1;
  if (!object) return "s3:ListBucket";
  return { PUT: "s3:PutObject", DELETE: "s3:DeleteObject" }[method ?? ""] ?? "s3:GetObject";
}

/** Every caller may ask who they are. A refusal counts more than a permission. */
function permits({ Statement }: IamPolicy, action: string): boolean {
  const named = (effect: string) =>
    Statement.filter(({ Effect }) => Effect === effect)
      .flatMap(({ Action }) => Action)
      .some((pattern) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(action));
  return action === "sts:GetCallerIdentity" || (named("Allow") && !named("Deny"));
}

function refuse({ headers }: IncomingMessage, outgoing: ServerResponse, action: string): void {
  const message = `User is not authorized to perform: ${action}`;
  if (headers["x-amz-target"] === undefined) {
    outgoing.writeHead(403, { "content-type": "application/xml" });
    return void outgoing.end(`<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`);
  }
  outgoing.writeHead(400, {
    "content-type": "application/x-amz-json-1.1",
    "x-amzn-errortype": "AccessDeniedException",
  });
  outgoing.end(JSON.stringify({ __type: "AccessDeniedException", message }));
}
