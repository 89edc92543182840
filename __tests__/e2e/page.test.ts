/** @module-tag full */

import axe, { type AxeResults } from "axe-core";
import type { Page as BrowserPage } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { renderPage } from "../../lib/page/render.ts";
import type { Page } from "../../lib/page/report.ts";
import { crowdedPage, examplePage } from "../page/example.ts";
import { hostilePage, HOSTILE_NAMES as NAMES } from "../page/hostile.ts";
import { lettersAsSeen, type OpenedPage, TestBrowser } from "../support/browser.ts";

const ROWS = examplePage.rows.length;

/** Our pages in a real Chromium, opened from disk. The browser is trusted for what people see; no emulator is needed. */
describe.skipIf(!inject("chromium"))("a page in the browser", () => {
  let browser: TestBrowser;
  let opened: OpenedPage | undefined;
  beforeAll(async () => {
    browser = await TestBrowser.start();
  });
  afterAll(() => browser?.stop());
  /** Whatever a test does, the page says nothing on the console, breaks none of its policy, and asks for nothing. */
  afterEach(async () => {
    const complaints = opened?.complaints;
    await opened?.page.context().close();
    opened = undefined;
    expect(complaints ?? []).toEqual([]);
  });

  const open = async (page: Page, ...how: [options?: Parameters<TestBrowser["open"]>[1], hash?: string]) => {
    opened = await browser.open(renderPage(page), ...how);
    return opened.page;
  };
  const names = (page: BrowserPage) => page.locator("tbody tr:visible th").allTextContents();
  const kind = (page: BrowserPage, name: string) =>
    page.getByRole("button", { name: new RegExp(`^${name}`) });
  const shown = (page: BrowserPage) => page.getByRole("status").textContent();
  const namesOf = (...kinds: string[]) =>
    examplePage.rows.filter((row) => kinds.includes(row.kind)).map(({ who }) => who);

  test("whatever a page complains of is noticed here", async () => {
    const { page, complaints } = await browser.open(
      `<meta http-equiv="Content-Security-Policy" content="style-src 'none'"><p style="color: red">
      <img src="https://example.invalid/x.png"><script>console.error("told"); setTimeout(() => { throw new Error("thrown"); })</script>`,
    );
    await expect
      .poll(() => complaints.join(" "))
      .toMatch(/(?=.*told)(?=.*thrown)(?=.*policy: style-src)(?=.*request: https)/);
    await page.context().close();
  });

  test("everything is shown at first, and nothing is pressed", async () => {
    const page = await open(examplePage);
    expect(await names(page)).toEqual(examplePage.rows.map(({ who }) => who));
    expect(await shown(page)).toBe(`${ROWS} of ${ROWS} shown`);
    expect(await page.locator('[aria-pressed="true"]').count()).toBe(0);
    expect(await page.getByRole("button", { name: "Clear" }).count()).toBe(0);
  });

  test("kinds that are pressed are shown, and only they; released, all are back", async () => {
    const page = await open(examplePage);
    await kind(page, "Joins").click();
    expect(await names(page)).toEqual(namesOf("joins"));
    expect(await shown(page)).toBe(`4 of ${ROWS} shown`);
    await kind(page, "Leaves").click();
    expect(await names(page)).toEqual(namesOf("joins", "leaves"));
    await kind(page, "Joins").click();
    await kind(page, "Leaves").click();
    expect(await names(page)).toHaveLength(ROWS);
  });

  test.each([
    ["a part of a name", "hanako", ["hanako.yamada@example.com"]],
    ["any case, and full width", "HＡNAKO", ["hanako.yamada@example.com"]],
    ["words anywhere in the row, in any order", "billing kenji", ["kenji.tanaka@example.com"]],
    ["a consequence", "authenticator app", ["user pool"]],
    ["what is there nowhere", "zzz", []],
  ])("search as one types finds %s", async (_, query, found) => {
    const page = await open(examplePage);
    await page.getByRole("searchbox", { name: "Search" }).pressSequentially(query);
    await page.waitForFunction(
      `document.querySelector("#shown").textContent.startsWith("${found.length} of ")`,
    );
    expect(await names(page)).toEqual(found);
    expect(await page.getByText("Nothing matches.").isVisible()).toBe(found.length === 0);
  });

  test("the keyboard is enough: / to search, Tab and Space for a kind, Escape to see all again", async () => {
    const page = await open(examplePage);
    await page.keyboard.press("/");
    await page.keyboard.type("/");
    expect(await page.locator("#search").inputValue()).toBe("/"); // there it is a letter like others
    await page.keyboard.press("Backspace");
    await page.keyboard.type("example");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    expect(await names(page)).toEqual(namesOf("leaves"));
    expect(await page.locator("#search").inputValue()).toBe("example");
    await page.keyboard.press("Escape");
    expect(await names(page)).toHaveLength(ROWS);
    expect(await page.locator("#search").inputValue()).toBe("");
  });

  test("Clear shows all again and leaves the keyboard at the search", async () => {
    const page = await open(examplePage);
    await kind(page, "Joins").click();
    await page.getByRole("button", { name: "Clear" }).click();
    expect(await names(page)).toHaveLength(ROWS);
    expect(await page.locator("#search:focus").count()).toBe(1);
  });

  test("the address keeps what was filtered: a link to it shows the same, and Back does not step through it", async () => {
    const page = await open(examplePage);
    await kind(page, "Leaves").click();
    await kind(page, "Joins").click();
    await page.locator("#search").fill("ci-bot & ü");
    await page.locator("#search").fill("ci-bot");
    await page.waitForURL(/#kind=leaves&kind=joins&q=ci-bot$/);
    expect(await page.evaluate("history.length")).toBe(2); // about:blank and the page
    const hash = new URL(page.url()).hash;
    await page.keyboard.press("Escape");
    await page.waitForURL(/\.html$/);
    await page.context().close();

    const again = await open(examplePage, {}, hash);
    expect(await names(again)).toEqual(["ci-bot@example.com"]);
    expect(await again.locator('[aria-pressed="true"]').count()).toBe(2);
    expect(await again.locator("#search").inputValue()).toBe("ci-bot");
  });

  test("an address edited by hand is followed, and what it names that is not there is ignored", async () => {
    const page = await open(examplePage, {}, "#kind=nonsense&x=%E0%A4%A");
    expect(await names(page)).toHaveLength(ROWS);
    await page.evaluate('location.hash = "#kind=undeclared"');
    await page.waitForFunction('document.querySelector("#shown").textContent.startsWith("1 of ")');
    expect(await names(page)).toEqual(["intern-2023@example.com"]);
  });

  test("without JavaScript every row is there, and nothing that would not work", async () => {
    const page = await open(examplePage, { javaScriptEnabled: false });
    expect(await page.locator("tbody tr:visible").count()).toBe(ROWS);
    expect(await page.locator(".filters").isVisible()).toBe(false);
  });

  test("on paper everything is there, whatever was filtered, in black on white, and no controls", async () => {
    const page = await open(examplePage, { colorScheme: "dark" }, "#kind=joins");
    expect(await names(page)).toHaveLength(4);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await names(page)).toHaveLength(ROWS);
    expect(await page.locator(".filters").isVisible()).toBe(false);
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    const tableDisplay = 'getComputedStyle(document.querySelector("thead")).display';
    expect(await page.evaluate(tableDisplay)).toBe("table-header-group"); // repeated on every sheet
  });

  test("screen readers are told of a table with named columns and rows, landmarks and a search", async () => {
    const page = await open(examplePage);
    const table = page.getByRole("table", { name: "Who and what, one row each" });
    expect(await table.getByRole("columnheader").allTextContents()).toEqual(["Kind", "Who", "What"]);
    expect(await table.getByRole("rowheader").count()).toBe(ROWS);
    for (const role of ["banner", "main", "search"] as const)
      expect(await page.getByRole(role).count()).toBe(1);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(examplePage.heading);
  });

  test("whatever people are called, that is what is read, letter for letter", async () => {
    const page = await open(hostilePage);
    expect(await names(page)).toEqual(NAMES);
    expect(await page.locator("h1").textContent()).toBe(NAMES.join(" "));
    expect(await page.locator("dd").allTextContents()).toEqual(NAMES);
    expect(await page.locator(".notes li").allTextContents()).toEqual(NAMES);
    expect(await page.locator("code").allTextContents()).toEqual(NAMES);
    expect(await page.title()).toBe(hostilePage.title);
    expect(await page.locator("script").count()).toBe(1);
    expect(await page.locator("img").count()).toBe(0);
  });

  test("whatever kinds are called, they filter, and a link keeps it", async () => {
    const page = await open(hostilePage);
    for (const [index, name] of NAMES.entries()) {
      await page.locator(".kinds button").nth(index).click();
      expect(await names(page)).toEqual([name]);
      await page.locator(".kinds button").nth(index).click();
    }
    await page.locator(".kinds button").nth(3).click();
    await page.waitForURL(/#kind=R%26D/);
    await page.reload();
    expect(await names(page)).toEqual([NAMES[3]]);
  });

  test("an override turns nothing around: letters stand in their order, its number among them", async () => {
    const page = await open({
      ...examplePage,
      rows: [{ kind: "joins", who: "evil\u202Emoc", what: ["joins"] }],
    });
    expect((await lettersAsSeen(page, "tbody th")).replace("\u202E", "")).toBe("evilmoc");
    const label = 'getComputedStyle(document.querySelector(".unseen"), "::before").content';
    expect(await page.evaluate(label)).toContain("U+202E");
  });

  test.each([
    [320, "ours", examplePage],
    [375, "ours", examplePage],
    [1200, "ours", examplePage],
    [320, "hostile", hostilePage],
    [1200, "hostile", hostilePage],
  ] as const)("at %i px nothing is to be scrolled sideways: %s", async (width, _, example) => {
    const page = await open(example, { viewport: { width, height: 700 } });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
  });

  test.each([
    ["light", 1200],
    ["dark", 1200],
    ["light", 320],
    ["dark", 320],
  ] as const)("axe finds nothing to complain of: %s, %i px, every tone", async (colorScheme, width) => {
    const tones = ["good", "warn", "bad", "quiet", "info"] as const;
    const page = await open(
      {
        ...examplePage,
        verdict: { text: "REFUSED", tone: "bad" },
        kinds: tones.map((tone) => ({ id: tone, label: tone, tone })),
        rows: tones.map((tone) => ({
          kind: tone,
          who: "a\u202Eb",
          what: ["changes", "more"],
          help: "npm run",
        })),
        bar: tones.flatMap((tone) => [1, 2].map((count) => ({ label: tone, count, tone }))),
      },
      { colorScheme, viewport: { width, height: 900 } },
    );
    for (const tone of tones) await kind(page, tone).click();
    await kind(page, "info").click(); // one is not pressed, and Clear is there
    await page.evaluate(axe.source); // not held by the page's policy, as a script tag would be
    const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });

  test("10,000 people open and filter without a wait that one notices", async () => {
    const page = await open(crowdedPage(10_000));
    const milliseconds = (await page.evaluate(`new Promise((done) => {
      const since = performance.now();
      const search = document.querySelector("#search");
      search.value = "person-77";
      search.dispatchEvent(new Event("input"));
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - since)));
    })`)) as number;
    expect(await shown(page)).toBe("111 of 10,000 shown");
    expect(milliseconds).toBeLessThan(1_500); // measured: 65 on two cores; the rest is for a busy machine
  });
});
