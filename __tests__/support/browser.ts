import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import which from "which";

/** Debian's package is called chromium; others ship the same browser by these names. */
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The first Chromium on the PATH. */
export function findChromium(): string | undefined {
  return NAMES.map((name) => which.sync(name, { nothrow: true })).find((path) => path !== null);
}

export interface OpenedPage {
  readonly page: Page;
  /** Console errors and warnings, exceptions, breaches of the page's policy, and requests for anything but files. */
  readonly complaints: readonly string[];
}

/** One headless Chromium for many pages, each opened from disk in a profile of its own. It reaches no network, and makes no calls of its own. */
export class TestBrowser {
  readonly #browser: Browser;
  readonly #directory = mkdtempSync(join(tmpdir(), "roster-page-"));
  #files = 0;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** @param loopback whether it reaches servers on this machine. @default false */
  static async start({ loopback = false }: { readonly loopback?: boolean } = {}): Promise<TestBrowser> {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error("No chromium is on the PATH: apt-get install chromium");
    const browser = await chromium.launch({
      executablePath,
      args: [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-domain-reliability",
        "--disable-sync",
        "--no-first-run",
        "--no-pings",
        `--host-resolver-rules=MAP * ~NOTFOUND${loopback ? ", EXCLUDE localhost, EXCLUDE 127.0.0.1" : ""}`,
      ],
    });
    return new TestBrowser(browser);
  }

  /**
   * @param html written to a file and opened from there
   * @param hash with `#`, as a link has it
   */
  async open(html: string, options: BrowserContextOptions = {}, hash = ""): Promise<OpenedPage> {
    this.#files++;
    const file = join(this.#directory, `page-${this.#files}.html`);
    writeFileSync(file, html);
    const context = await this.#browser.newContext(options);
    const complaints: string[] = [];
    context.on("request", (request) => {
      if (!request.url().startsWith("file:")) complaints.push(`request: ${request.url()}`);
    });
    context.on("weberror", (error) => complaints.push(`exception: ${error.error().message}`));
    context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    await context.addInitScript(
      'addEventListener("securitypolicyviolation", (event) => console.error("policy: " + event.violatedDirective))',
    );
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href + hash);
    return { page, complaints };
  }

  /** A window of its own, without the others' cookies. */
  async window(): Promise<Page> {
    return (await this.#browser.newContext()).newPage();
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#directory, { recursive: true });
  }
}

/** The letters of an element from left to right as they stand on the screen, whatever their order in the text. One line only. */
export function lettersAsSeen(page: Page, selector: string): Promise<string> {
  return page.evaluate<string>(`(() => {
    const texts = document.createTreeWalker(document.querySelector(${JSON.stringify(selector)}), NodeFilter.SHOW_TEXT);
    const letters = [];
    while (texts.nextNode()) {
      for (let at = 0; at < texts.currentNode.length; at++) {
        const range = document.createRange();
        range.setStart(texts.currentNode, at);
        range.setEnd(texts.currentNode, at + 1);
        letters.push({ left: range.getBoundingClientRect().left, letter: range.toString() });
      }
    }
    return letters.sort((a, b) => a.left - b.left).map(({ letter }) => letter).join("");
  })()`);
}
