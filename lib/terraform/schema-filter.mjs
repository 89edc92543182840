import {
  type ClientHttp2Session,
  constants,
  createServer,
  type IncomingHttpHeaders,
  connect as openSession,
  type ServerHttp2Stream,
} from "node:http2";
import { connect, type Socket } from "node:net";
import { Transform } from "node:stream";

/** Terraform's request for all that a provider knows (plugin protocol 5, which AWS's speaks in versions 5 and 6). */
const GET_SCHEMA = "/tfplugin5.Provider/GetSchema";

/** The maps in its answer from a type's name to its schema: of resources, data sources, ephemeral resources (tfplugin5.proto). */
const BY_TYPE = new Set([2, 3, 8]);

/** Before a message, whether it is compressed, in one byte, and how long it is, in four (gRPC over HTTP/2). */
const PREFIX = 5;

/** Bytes under way at a time. HTTP/2's own 64 kB would let 5 MB of schemas wait again and again. */
const WINDOW = 8_000_000;

/** For either side. Node refuses new calls while more than `maxSessionMemory` (MB, 10 by default) waits to be read. */
const SESSION = { settings: { initialWindowSize: WINDOW }, maxSessionMemory: 500 };

/**
 * Stands between Terraform and a provider and hands on everything, except that the provider seems to know only some types of
 * resources. AWS's knows 1,500, and each start of Terraform reads the schemas of all of them, which takes longer than to plan
 * a few dozen people: of a plan and its show, 1.6 of 2.8 s of CPU (1.11.4 and 5.100.0).
 * @param provider the socket where the provider listens
 * @param listen the socket for Terraform; protected by its directory's permissions
 * @param isNeeded by a type's name, such as `aws_cognito_user`
 * @returns closes it
 * @throws the system's error if it can't listen there
 */
export async function filterSchemas(
  provider: string,
  listen: string,
  isNeeded: (type: string) => boolean,
): Promise<() => void> {
  const open = new Set<ClientHttp2Session>();
  let known: Buffer | undefined;
  const filtered = (answer: Buffer) => {
    const kept = withTypes(answer, isNeeded);
    if (kept !== answer) known = kept;
    return kept;
  };
  const server = createServer(SESSION);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // A process that exits waits for Terraform (supervise.ts), which would wait for answers that nobody hands on any more.
  const leave = () => {
    for (const socket of sockets) socket.destroy();
  };
  // Where one side fails, the other one sees its streams closed, and says so.
  server.on("sessionError", () => {});
  server.on("session", (session) => {
    const upstream = openSession("http://provider", {
      ...SESSION,
      createConnection: () => connect(provider),
    });
    open.add(upstream);
    upstream.once("connect", () => {
      if (!upstream.destroyed) upstream.setLocalWindowSize(WINDOW);
    });
    upstream.on("error", () => {});
    upstream.once("close", () => session.destroy());
    session.once("close", () => {
      open.delete(upstream);
      upstream.destroy();
    });
    session.on("stream", (stream, headers) => {
      stream.on("error", () => {});
      if (headers[":path"] !== GET_SCHEMA) relay(stream, headers, upstream);
      else if (known === undefined) relay(stream, headers, upstream, whole(filtered));
      else answerWith(stream, known);
    });
  });
  await new Promise<void>((resolve, reject) => server.on("error", reject).listen(listen, resolve));
  process.once("exit", leave);
  return () => {
    process.removeListener("exit", leave);
    server.close();
    for (const upstream of open) upstream.destroy();
  };
}

/** One call: a request and its answer, either of which may be many messages. */
function relay(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  upstream: ClientHttp2Session,
  change?: Transform,
): void {
  // It takes no more, and a request would be thrown back.
  if (upstream.closed || upstream.destroyed) {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return;
  }
  const request = upstream.request(headers);
  let trailers: IncomingHttpHeaders = {};
  request.on("error", () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  // Not while Node reads from the provider's connection: if that closes several calls, Node 20.20.2 spins for ever.
  stream.once("close", () => setImmediate(() => request.close(stream.rstCode)));
  // Not every call that is broken off is an error: not a cancelled one, nor one that ends before its answer.
  request.once("close", () => {
    if (request.rstCode === constants.NGHTTP2_NO_ERROR && stream.headersSent) return;
    stream.close(request.rstCode || constants.NGHTTP2_INTERNAL_ERROR);
  });
  stream.pipe(request);
  request.once("response", (answer, flags) => {
    if (stream.destroyed) return;
    // A refused call is answered with headers alone.
    const ends = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(answer, ends ? { endStream: true } : { waitForTrailers: true });
    if (ends) return;
    stream.once("wantTrailers", () => stream.sendTrailers(trailers));
    (change ? request.pipe(change) : request).pipe(stream);
  });
  request.once("trailers", (received) => {
    trailers = received;
  });
}

/** Without asking the provider. */
function answerWith(stream: ServerHttp2Stream, answer: Buffer): void {
  stream.resume();
  stream.respond({ "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(answer);
}

/** Changes an answer once all of it is there. */
function whole(change: (answer: Buffer) => Buffer): Transform {
  const parts: Buffer[] = [];
  return new Transform({
    transform(part, _, done) {
      parts.push(part);
      done();
    },
    flush(done) {
      done(null, change(Buffer.concat(parts)));
    },
  });
}

/**
 * The answer without the other types; as it is, if it is of another form than expected.
 * @param answer one gRPC message: tfplugin5.GetProviderSchema.Response
 */
export function withTypes(answer: Buffer, isNeeded: (type: string) => boolean): Buffer {
  try {
    const message = answer.subarray(PREFIX);
    if (answer[0] !== 0 || answer.readUInt32BE(1) !== message.length) return answer;
    const kept = fieldsOf(message).filter(({ number, content }) => {
      if (!BY_TYPE.has(number)) return true;
      // Of a map's entry, the key is field 1.
      const key = content && fieldsOf(content).find((field) => field.number === 1)?.content;
      return key === undefined || isNeeded(key.toString());
    });
    const prefix = Buffer.alloc(PREFIX);
    const fields = Buffer.concat(kept.map(({ bytes }) => bytes));
    prefix.writeUInt32BE(fields.length, 1);
    return Buffer.concat([prefix, fields]);
  } catch {
    return answer;
  }
}

interface Field {
  readonly number: number;
  /** All of it, its number and length included. */
  readonly bytes: Buffer;
  /** Absent from a number. */
  readonly content?: Buffer;
}

/**
 * The fields of a message of Protocol Buffers, in their order.
 * @throws if they are none, or of a kind that the schemas don't have
 */
function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  for (let start = 0, at = 0; start < message.length; start = at) {
    const tag = numberAt(message, start);
    const number = Math.floor(tag.value / 8);
    const next = numberAt(message, tag.end);
    const kind = tag.value % 8;
    if (kind !== 0 && kind !== 2) throw new RangeError("A field of another kind");
    at = kind === 0 ? next.end : next.end + next.value;
    if (at > message.length) throw new RangeError("A field without its end");
    const bytes = message.subarray(start, at);
    fields.push(kind === 0 ? { number, bytes } : { number, bytes, content: message.subarray(next.end, at) });
  }
  return fields;
}

/** A number of any length, seven bits to a byte. */
function numberAt(message: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, factor = 1; ; at += 1, factor *= 128) {
    const byte = message.readUInt8(at);
    value += (byte % 128) * factor;
    if (byte < 128) return { value, end: at + 1 };
  }
}
