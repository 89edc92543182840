import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { forward } from "./faulty-proxy.ts";
import { type IamPolicy, MOTO, permits } from "./iam-policy.ts";
import { listenOnLoopback } from "./loopback.ts";

export interface IamGate {
  readonly endpoint: string;
  /** The actions that were called and allowed, and those that were refused. */
  readonly allowed: ReadonlySet<string>;
  readonly refused: ReadonlySet<string>;
  stop(): Promise<void>;
}

export interface IamGateOptions {
  /** What the emulator does not have: answered by the gate, with nothing, where it is allowed. @default none */
  readonly lacking?: readonly string[];
}

interface Call {
  readonly action: string;
  readonly resource: string;
}

/**
 * In front of an emulator, which asks nobody for rights: lets through what a policy allows, and refuses the rest as AWS does.
 * What is not signed needs no right: it is a person's.
 */
export async function startIamGate(
  target: string,
  policy: IamPolicy,
  { lacking = [] }: IamGateOptions = {},
): Promise<IamGate> {
  const allowed = new Set<string>();
  const refused = new Set<string>();
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await buffer(incoming);
    const call = callOf(incoming, body.toString());
    if (call !== undefined) {
      const may = permits(policy, call.action, call.resource);
      (may ? allowed : refused).add(call.action);
      if (!may) return refuse(incoming, outgoing, call);
      if (lacking.includes(call.action)) return answerNothing(outgoing);
    }
    const answer = await forward(target, incoming, body);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  };
  return { ...(await listenOnLoopback(serve)), allowed, refused };
}

/** The service is in the signature. */
function callOf(incoming: IncomingMessage, body: string): Call | undefined {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(incoming.headers.authorization ?? "")?.[1];
  if (service === undefined) return undefined;
  if (service === "sts") return { action: `sts:${new URLSearchParams(body).get("Action")}`, resource: "*" };
  if (service === "s3") return callOfS3(incoming);
  return { action: `${service}:${operationOf(incoming)}`, resource: resourceOf(operationOf(incoming), body) };
}

const operationOf = ({ headers }: IncomingMessage) => String(headers["x-amz-target"]).split(".").at(-1) ?? "";

/** A path with two parts is an object's. */
function callOfS3({ method, url = "/" }: IncomingMessage): Call {
  const [bucket = "", ...key] = (url.split("?")[0] ?? "").split("/").filter(Boolean);
  if (key.length === 0) return { action: "s3:ListBucket", resource: `arn:aws:s3:::${bucket}` };
  const action = { PUT: "s3:PutObject", DELETE: "s3:DeleteObject" }[method ?? ""] ?? "s3:GetObject";
  return { action, resource: `arn:aws:s3:::${bucket}/${key.join("/")}` };
}

/** Of Cognito's operations that are signed, these have no user pool as their resource (Service Authorization Reference). */
export const WITHOUT_POOL: ReadonlySet<string> = new Set([
  "CreateUserPool",
  "DescribeUserPoolDomain",
  "ListUserPools",
]);

function resourceOf(operation: string, body: string): string {
  if (WITHOUT_POOL.has(operation)) return "*";
  const { UserPoolId, ResourceArn } = JSON.parse(body) as { UserPoolId?: string; ResourceArn?: string };
  if (ResourceArn !== undefined) return ResourceArn;
  if (UserPoolId !== undefined) return poolArn(UserPoolId);
  throw new Error(`The test does not know the resource of ${operation}`);
}

/** As moto's account has it. */
export const poolArn = (userPoolId: string): string =>
  `arn:aws:cognito-idp:${MOTO.REGION}:${MOTO.ACCOUNT}:userpool/${userPoolId}`;

const JSON_TYPE = { "content-type": "application/x-amz-json-1.1" };

function answerNothing(outgoing: ServerResponse): void {
  outgoing.writeHead(200, JSON_TYPE).end("{}");
}

function refuse({ headers }: IncomingMessage, outgoing: ServerResponse, { action, resource }: Call): void {
  const message = `User is not authorized to perform: ${action} on resource: ${resource}`;
  if (headers["x-amz-target"] === undefined) {
    outgoing.writeHead(403, { "content-type": "application/xml" });
    return void outgoing.end(`<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`);
  }
  outgoing.writeHead(400, { ...JSON_TYPE, "x-amzn-errortype": "AccessDeniedException" });
  outgoing.end(JSON.stringify({ __type: "AccessDeniedException", message }));
}
