// @ts-check
// JavaScript, so that a thread can run it as it is: a command's own code is compiled into one file.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { constants, createServer, connect as openSession } from "node:http2";
import { connect } from "node:net";
import { basename, dirname, join } from "node:path";
import { Transform } from "node:stream";
import { isMainThread, parentPort, workerData } from "node:worker_threads";

/** Terraform's request for all that a provider knows (plugin protocol 5, which AWS's speaks in versions 5 and 6). */
const GET_SCHEMA = "/tfplugin5.Provider/GetSchema";

/** The maps in its answer from a type's name to its schema: of resources, data sources, ephemeral resources (tfplugin5.proto). */
const BY_TYPE = new Set([2, 3, 8]);

/** And what it has to say about them. */
const DIAGNOSTICS = 4;

/** Before a message, whether it is compressed, in one byte, and how long it is, in four (gRPC over HTTP/2). */
const PREFIX = 5;

/** Bytes under way at a time. HTTP/2's own 64 kB would let 5 MB of schemas wait again and again. */
const WINDOW = 8_000_000;

/** For either side. Node refuses new calls while more than `maxSessionMemory` (MB, 10 by default) waits to be read. */
const SESSION = { settings: { initialWindowSize: WINDOW }, maxSessionMemory: 500 };

/**
 * Stands between Terraform and a provider and hands on everything, except that the provider seems to know only some types of
 * resources. AWS's knows 1,500, and each start of Terraform reads the schemas of all of them, which takes longer than to plan
 * a few dozen people: of a plan and its show, 1.6 of 2.8 s of CPU (1.11.4 and 5.100.0). To put all of them together takes the
 * provider another second, so it is asked only once.
 *
 * As a thread of its own it also works while the process waits for Terraform before it exits (supervise.ts).
 * @param {string} provider the socket where the provider listens
 * @param {string} listen the socket for Terraform; protected by its directory's permissions
 * @param {object} options
 * @param {(type: string) => boolean} options.isNeeded by a type's name, such as `aws_cognito_user`
 * @param {Buffer | undefined} [options.known] what this very provider has answered before
 * @param {(answer: Buffer) => void} [options.keep] called with what it answers now
 * @returns {Promise<() => void>} closes it
 * @throws the system's error if it can't listen there
 */
export async function filterSchemas(provider, listen, { isNeeded, known, keep = () => {} }) {
  /** @type {Set<import("node:http2").ClientHttp2Session>} */
  const open = new Set();
  let filtered = known && withTypes(known, isNeeded);
  const change = (/** @type {Buffer} */ answer) => {
    const kept = withTypes(answer, isNeeded);
    if (kept === undefined) return answer;
    if (filtered === undefined) keep(answer);
    filtered = kept;
    return kept;
  };
  const server = createServer(SESSION);
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
      else if (filtered === undefined) relay(stream, headers, upstream, whole(change));
      else answerWith(stream, filtered);
    });
  });
  /** @type {Promise<void>} */
  const listening = new Promise((resolve, reject) => server.on("error", reject).listen(listen, resolve));
  await listening;
  return () => {
    server.close();
    for (const upstream of open) upstream.destroy();
  };
}

/**
 * One call: a request and its answer, either of which may be many messages.
 * @param {import("node:http2").ServerHttp2Stream} stream
 * @param {import("node:http2").IncomingHttpHeaders} headers
 * @param {import("node:http2").ClientHttp2Session} upstream
 * @param {Transform} [change]
 */
function relay(stream, headers, upstream, change) {
  // It takes no more, and a request would be thrown back.
  if (upstream.closed || upstream.destroyed) {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return;
  }
  const request = upstream.request(headers);
  /** @type {import("node:http2").IncomingHttpHeaders} */
  let trailers = {};
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

/**
 * Without asking the provider.
 * @param {import("node:http2").ServerHttp2Stream} stream
 * @param {Buffer} answer
 */
function answerWith(stream, answer) {
  stream.resume();
  stream.respond({ "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(answer);
}

/**
 * Changes an answer once all of it is there.
 * @param {(answer: Buffer) => Buffer} change
 */
function whole(change) {
  /** @type {Buffer[]} */
  const parts = [];
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
 * The answer without the other types.
 * @param {Buffer} answer one gRPC message: tfplugin5.GetProviderSchema.Response
 * @param {(type: string) => boolean} isNeeded
 * @returns {Buffer | undefined} undefined if it is of another form than expected, or reports a problem
 */
export function withTypes(answer, isNeeded) {
  try {
    const message = answer.subarray(PREFIX);
    if (answer[0] !== 0 || answer.readUInt32BE(1) !== message.length) return undefined;
    const fields = fieldsOf(message);
    if (fields.some(({ number }) => number === DIAGNOSTICS)) return undefined;
    const kept = fields.filter(({ number, content }) => {
      if (!BY_TYPE.has(number)) return true;
      // Of a map's entry, the key is field 1.
      const key = content && fieldsOf(content).find((field) => field.number === 1)?.content;
      return key === undefined || isNeeded(key.toString());
    });
    const prefix = Buffer.alloc(PREFIX);
    const remaining = Buffer.concat(kept.map(({ bytes }) => bytes));
    prefix.writeUInt32BE(remaining.length, 1);
    return Buffer.concat([prefix, remaining]);
  } catch {
    return undefined;
  }
}

/**
 * @typedef {object} Field
 * @property {number} number
 * @property {Buffer} bytes all of it, its number and length included
 * @property {Buffer} [content] absent from a number
 */

/**
 * The fields of a message of Protocol Buffers, in their order.
 * @param {Buffer} message
 * @returns {Field[]}
 * @throws if they are none, or of a kind that the schemas don't have
 */
function fieldsOf(message) {
  /** @type {Field[]} */
  const fields = [];
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

/**
 * A number of any length, seven bits to a byte.
 * @param {Buffer} message
 * @param {number} start
 * @returns {{ readonly value: number; readonly end: number }}
 */
function numberAt(message, start) {
  let value = 0;
  for (let at = start, factor = 1; ; at += 1, factor *= 128) {
    const byte = message.readUInt8(at);
    value += (byte % 128) * factor;
    if (byte < 128) return { value, end: at + 1 };
  }
}

/**
 * Where a provider's answer is kept, after the key of that provider.
 * @typedef {{ readonly file: string, readonly key: string }} Kept
 */

/**
 * @param {Kept} kept
 * @returns {Buffer | undefined} undefined if it is missing, or another one's
 */
function readKept({ file, key }) {
  try {
    const content = readFileSync(file);
    return content.subarray(0, key.length).toString() === key ? content.subarray(key.length) : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes. What is left of such a disk is for plans and states, rather than for the 5 MB of schemas. */
const NEARLY_FULL = 50_000_000;

/**
 * @param {Kept} kept
 * @param {Buffer} answer
 */
export function keepAnswer({ file, key }, answer) {
  const folder = dirname(file);
  const unfinished = `${file}.${process.pid}.part`;
  try {
    mkdirSync(folder, { recursive: true });
    // Of runs that were killed meanwhile.
    const parts = readdirSync(folder).filter((name) => name.startsWith(`${basename(file)}.`));
    for (const part of parts) rmSync(join(folder, part), { force: true });
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < NEARLY_FULL) return;
    writeFileSync(unfinished, Buffer.concat([Buffer.from(key), answer]));
    renameSync(unfinished, file);
  } catch {
    // On a read-only disk it is asked each time.
    rmSync(unfinished, { force: true });
  }
}

/**
 * What a thread that runs this file is given.
 * @typedef {object} FilterThread
 * @property {string} provider
 * @property {string} listen
 * @property {ReadonlySet<string>} types
 * @property {Kept | undefined} kept where to keep the answer, if anywhere
 */

if (!isMainThread && workerData?.schemaFilter) {
  /** @type {FilterThread} */
  const { provider, listen, types, kept } = workerData.schemaFilter;
  await filterSchemas(provider, listen, {
    isNeeded: (type) => types.has(type),
    known: kept && readKept(kept),
    keep: (answer) => kept && keepAnswer(kept, answer),
  });
  parentPort?.postMessage("listening");
}
