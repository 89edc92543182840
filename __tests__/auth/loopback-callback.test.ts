import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { awaitCallback, type CallbackOptions } from "../../lib/auth/loopback-callback.ts";
import { UserError } from "../../lib/errors.ts";

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listen(host: string, port = 0): Promise<number> {
  const server = createServer();
  open.push(server);
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const port = await listen("127.0.0.1");
  await new Promise((resolve) => open.pop()?.close(resolve));
  return port;
}

function ask(
  port: number,
  path: string,
  { method = "GET", host = `localhost:${port}` } = {},
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, method, headers: { host } }, async (answer) => {
      let text = "";
      for await (const chunk of answer) text += chunk;
      resolve({ status: answer.statusCode, text });
    })
      .on("error", reject)
      .end();
  });
}

const options = <Result>(
  given: Partial<CallbackOptions<Result>> & Pick<CallbackOptions<Result>, "take">,
) => ({
  done: "You are signed in.",
  isAnswer: (url: URL) => url.searchParams.get("state") === "ours",
  onReady: () => {},
  onStranger: () => {},
  ...given,
});

test("the awaited answer is taken, once the address is listened at; the page says so", async () => {
  const port = await freePort();
  let page: ReturnType<typeof ask> | undefined;
  const taken = await awaitCallback(
    `http://localhost:${port}/callback`,
    options({
      take: async (url) => url.searchParams.get("code"),
      onReady: () => {
        page = ask(port, "/callback?code=1&state=ours");
      },
    }),
  );
  expect(taken).toBe("1");
  expect(await page).toMatchObject({ status: 200, text: expect.stringContaining("You are signed in.") });
  await expect(ask(port, "/callback?code=1&state=ours")).rejects.toThrow("ECONNREFUSED");
});

test("what else comes is refused, and the waiting goes on", async () => {
  const port = await freePort();
  const heard: unknown[] = [];
  let strangers = 0;
  await awaitCallback(
    `http://localhost:${port}/callback`,
    options({
      take: async () => {},
      onStranger: () => {
        strangers += 1;
      },
      onReady: async () => {
        for (const [path, given] of [
          ["/favicon.ico", {}],
          ["/callback?code=1&state=other", {}],
          ["/callback?code=1&state=ours", { method: "POST" }],
          ["/callback?code=1&state=ours", { host: "evil.example.com" }],
        ] as const) {
          heard.push((await ask(port, path, given)).status);
        }
        await ask(port, "/callback?code=1&state=ours");
      },
    }),
  );
  expect({ heard, strangers }).toEqual({ heard: [404, 400, 400, 400], strangers: 1 });
});

test("what goes wrong with the answer is on the page, as text, and is thrown", async () => {
  const port = await freePort();
  let page: ReturnType<typeof ask> | undefined;
  const failed = awaitCallback(
    `http://localhost:${port}/`,
    options({
      take: async () => {
        throw new UserError("It was <refused>");
      },
      onReady: () => {
        page = ask(port, "/?state=ours");
      },
    }),
  );
  await expect(failed).rejects.toThrow("It was <refused>");
  expect(await page).toMatchObject({
    status: 400,
    text: expect.stringContaining("It was &lt;refused&gt;. See the terminal."),
  });
});

test.each(["127.0.0.1", "::1"])(
  "a port of which another program has %s is not half listened at: the browser may go there",
  async (host) => {
    const port = await listen(host).catch(() => listen("127.0.0.1"));
    await expect(
      awaitCallback(`http://localhost:${port}/callback`, options({ take: async () => {} })),
    ).rejects.toMatchObject({
      message: `Port ${port} of this machine is in use`,
      next: expect.arrayContaining([expect.stringContaining("--callback")]),
    });
  },
);

test("nobody comes: the words say what may have happened, and where the browser should have come", async () => {
  const address = `http://localhost:${await freePort()}/callback`;
  await expect(awaitCallback(address, options({ take: async () => {}, waitMs: 1 }))).rejects.toMatchObject({
    message: "Timed out waiting for the browser: no one was signed in or out",
    why: expect.stringContaining(address),
  });
});
