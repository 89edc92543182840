import { mkdtempSync, rmSync } from "node:fs";
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type ServerHttp2Stream,
} from "node:http2";
import { connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { filterSchemas, withTypes } from "../../lib/terraform/schema-filter.mjs";

/** Protocol Buffers: a field with content, of up to 127 bytes, as tfplugin5.proto numbers them. */
const field = (number: number, content: Buffer | string) => {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
};
const flag = (number: number) => Buffer.from([number * 8, 1]);
const entry = (number: number, type: string) =>
  field(number, Buffer.concat([field(1, type), field(2, `schema of ${type}`)]));
const message = (...fields: Buffer[]) => {
  const prefix = Buffer.alloc(5);
  const content = Buffer.concat(fields);
  prefix.writeUInt32BE(content.length, 1);
  return Buffer.concat([prefix, content]);
};

const OF_PROVIDER = field(1, "schema of the provider");
const CAPABILITIES = field(6, flag(1));
const FUNCTION = entry(7, "arn_parse");
const ALL = message(
  OF_PROVIDER,
  entry(2, "aws_cognito_user"),
  entry(2, "aws_instance"),
  entry(3, "aws_region"),
  entry(3, "aws_ami"),
  CAPABILITIES,
  FUNCTION,
  entry(8, "aws_secret"),
);
const NEEDED = message(
  OF_PROVIDER,
  entry(2, "aws_cognito_user"),
  entry(3, "aws_region"),
  CAPABILITIES,
  FUNCTION,
);
const needed = (type: string) => ["aws_cognito_user", "aws_region"].includes(type);

test("of resources, data sources and ephemeral resources the needed ones stay, and everything else of the schemas", () => {
  expect(withTypes(ALL, needed)?.equals(NEEDED)).toBe(true);
  expect(withTypes(ALL, () => true)?.equals(ALL)).toBe(true);
});

test.each([
  ["is compressed", Buffer.concat([Buffer.from([1]), ALL.subarray(1)])],
  ["is cut off", ALL.subarray(0, ALL.length - 1)],
  ["has a field of another kind", message(OF_PROVIDER, Buffer.from([9 * 8 + 1, 0, 0, 0, 0, 0, 0, 0, 0]))],
  ["has a field that ends after it", message(Buffer.from([8 * 2 + 2, 100, 0]))],
  ["reports a problem", message(OF_PROVIDER, field(4, "a diagnostic"))],
  ["is empty", Buffer.alloc(0)],
])("an answer that %s is not understood", (_, answer) => {
  expect(withTypes(answer, needed)).toBeUndefined();
});

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "roster-filter-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A provider that answers with `answer`, behind a filter; and calls to it as Terraform makes them. */
async function filtered(answer: (stream: ServerHttp2Stream, path: string) => void, known?: Buffer) {
  const asked: string[] = [];
  const provider = createServer();
  provider.on("stream", (stream, headers) => {
    const path = String(headers[":path"]);
    asked.push(path);
    stream.on("error", () => {});
    answer(stream, path);
  });
  const socket = join(directory, "provider");
  await new Promise<void>((done) => provider.listen(socket, done));
  const listen = join(directory, "filter");
  const kept: Buffer[] = [];
  const close = await filterSchemas(socket, listen, {
    isNeeded: needed,
    ...(known && { known }),
    keep: (whole) => kept.push(whole),
  });
  const open = () => {
    const session = connect("http://provider", { createConnection: () => dial(listen) });
    session.on("error", () => {});
    return session;
  };
  const call = async (path: string, content: Buffer | string = "") => {
    const session = open();
    try {
      return await callIn(session, path, content);
    } finally {
      session.destroy();
    }
  };
  const callIn = async (session: ClientHttp2Session, path: string, content: Buffer | string = "") => {
    const request = session.request({ ":method": "POST", ":path": path, te: "trailers" });
    let headers: Record<string, unknown> = {};
    let trailers: Record<string, unknown> = {};
    request.once("response", (received) => {
      headers = { ...received };
    });
    request.once("trailers", (received) => {
      trailers = { ...received };
    });
    request.end(content);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    return { content: Buffer.concat(parts), headers, trailers };
  };
  return {
    asked,
    kept,
    open,
    call,
    callIn,
    provider,
    [Symbol.dispose]() {
      close();
      provider.close();
    },
  };
}

const answering = (content: Buffer | string, status = "0") => {
  return (stream: ServerHttp2Stream) => {
    stream.resume();
    stream.respond({ "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": status }));
    stream.end(content);
  };
};
const SCHEMA = "/tfplugin5.Provider/GetSchema";

test("the provider is asked for its schemas once, and each Terraform gets those it needs", async () => {
  using stand = await filtered(answering(ALL));
  for (const _ of ["plan", "show"]) {
    const { content, headers, trailers } = await stand.call(SCHEMA);
    expect(content.equals(NEEDED)).toBe(true);
    expect(headers).toMatchObject({ ":status": 200, "content-type": "application/grpc" });
    expect(trailers).toMatchObject({ "grpc-status": "0" });
  }
  expect(stand.asked).toEqual([SCHEMA]);
  expect(stand.kept).toEqual([ALL]);
});

test("with what it has answered before, the provider is not asked at all", async () => {
  using stand = await filtered(answering("something else"), ALL);
  expect((await stand.call(SCHEMA)).content.equals(NEEDED)).toBe(true);
  expect(stand.asked).toEqual([]);
  expect(stand.kept).toEqual([]);
});

test("an answer that is not understood is handed on as it is, asked for each time, and not kept", async () => {
  const answer = Buffer.from("of another form");
  using stand = await filtered(answering(answer));
  for (const _ of [1, 2]) expect((await stand.call(SCHEMA)).content.equals(answer)).toBe(true);
  expect(stand.asked).toEqual([SCHEMA, SCHEMA]);
  expect(stand.kept).toEqual([]);
});

test("one that was kept, and is not understood any more, is asked for again", async () => {
  using stand = await filtered(answering(ALL), ALL.subarray(0, 40));
  expect((await stand.call(SCHEMA)).content.equals(NEEDED)).toBe(true);
  expect(stand.kept).toEqual([ALL]);
});

test("every other call is handed on as it is, with what was asked, the answer and how it ended", async () => {
  using stand = await filtered(async (stream, path) => {
    const question = await text(stream);
    answering(`${path} ${question}`, "7")(stream);
  });
  const { content, trailers } = await stand.call(
    "/tfplugin5.Provider/PlanResourceChange",
    "x".repeat(200_000),
  );
  expect(content.toString()).toBe(`/tfplugin5.Provider/PlanResourceChange ${"x".repeat(200_000)}`);
  expect(trailers).toMatchObject({ "grpc-status": "7" });
});

test.each([SCHEMA, "/tfplugin5.Provider/Configure"])(
  "a refusal of %s is one, and asked again",
  async (path) => {
    using stand = await filtered((stream) =>
      stream.respond({ "grpc-status": "13", "grpc-message": "no" }, { endStream: true }),
    );
    for (const _ of [1, 2]) {
      const { content, headers } = await stand.call(path);
      expect(content).toHaveLength(0);
      expect(headers).toMatchObject({ "grpc-status": "13", "grpc-message": "no" });
    }
    expect(stand.asked).toEqual([path, path]);
  },
);

test("an error that comes after the headers is not taken for the schemas either", async () => {
  using stand = await filtered(answering("", "14"));
  for (const _ of [1, 2]) {
    const { content, trailers } = await stand.call(SCHEMA);
    expect(content).toHaveLength(0);
    expect(trailers).toMatchObject({ "grpc-status": "14" });
  }
});

/** Terraform then says that the provider did not respond. */
async function expectNoAnswer(call: Promise<{ trailers: object }>): Promise<void> {
  const { trailers } = await call.catch(() => ({ trailers: {} }));
  expect(trailers).toEqual({});
}

test.each([
  ["fails", constants.NGHTTP2_INTERNAL_ERROR],
  ["is cancelled by the provider", constants.NGHTTP2_CANCEL],
  ["ends without being answered", constants.NGHTTP2_NO_ERROR],
])("a call that %s has no answer, whether or not it had begun", async (_, code) => {
  using stand = await filtered((stream, path) => {
    if (path === SCHEMA) return stream.close(code);
    stream.respond({}, { waitForTrailers: true });
    stream.write("half", () => stream.close(code));
  });
  await expectNoAnswer(stand.call(SCHEMA));
  await expectNoAnswer(stand.call("/tfplugin5.Provider/Configure"));
});

test("a provider that takes no more calls, while one is still open, refuses the next one; nothing is thrown here", async () => {
  const OPEN = "/plugin.GRPCStdio/StreamStdio";
  using stand = await filtered((stream, path) => {
    if (path === OPEN) return stream.respond({}, { waitForTrailers: true });
    answering("last")(stream);
    stream.session?.close();
  });
  const session = stand.open();
  const open = stand.callIn(session, OPEN).catch((error: Error) => error);
  const { content } = await stand.callIn(session, "/tfplugin5.Provider/Configure");
  expect(content.toString()).toBe("last");
  await expectNoAnswer(stand.callIn(session, "/tfplugin5.Provider/Configure"));
  session.destroy();
  await open;
});

test("with the provider gone, a call has no answer", async () => {
  using stand = await filtered(answering(ALL));
  await new Promise((done) => stand.provider.close(done));
  rmSync(join(directory, "provider"), { force: true });
  await expectNoAnswer(stand.call(SCHEMA));
});
