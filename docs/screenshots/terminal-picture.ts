import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { TestBrowser } from "../../__tests__/support/browser.ts";
import { type Picture, pictureOf } from "./picture.ts";
import { COLUMNS, type Recording, ROWS } from "./recording.ts";

const XTERM = fileURLToPath(import.meta.resolve("@xterm/xterm/lib/xterm.js"));
const XTERM_CSS = fileURLToPath(import.meta.resolve("@xterm/xterm/css/xterm.css"));

/** A light window; each colour can be read on it (contrast of 4.5 and more). */
const TERMINAL = {
  cols: COLUMNS,
  rows: ROWS,
  fontFamily: "DejaVu Sans Mono, Menlo, Consolas, monospace",
  // Bold is bold, not another colour.
  drawBoldTextInBrightColors: false,
  fontSize: 13,
  lineHeight: 1.2,
  cursorInactiveStyle: "none",
  theme: {
    background: "#ffffff",
    foreground: "#1f2328",
    red: "#cf222e",
    green: "#1a7f37",
    yellow: "#9a6700",
    blue: "#0969da",
    cyan: "#1b7c83",
  },
};

const PAGE = `<!doctype html><style>
  body { margin: 0 }
  #window { display: inline-block; padding: 14px 16px; overflow: hidden; border: 1px solid #ccc; background: #fff }
  .xterm .scrollbar { display: none }
</style><div id="window"></div>`;

/** A terminal that shows recordings, as a picture of just as many lines as they need. */
export class TerminalPicture {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async open(browser: TestBrowser): Promise<TerminalPicture> {
    const { page } = await browser.open(PAGE, {
      viewport: { width: 1000, height: 1200 },
      deviceScaleFactor: 2,
    });
    await page.addStyleTag({ path: XTERM_CSS });
    await page.addScriptTag({ path: XTERM });
    return new TerminalPicture(page);
  }

  /** What the terminal shows in the end. */
  async end({ chunks }: Recording): Promise<Picture> {
    await this.#empty();
    await this.#write(chunks.map(({ data }) => data).join(""));
    await this.#shorten();
    return this.#picture();
  }

  /**
   * What it shows as time goes by, as high as the end is.
   * @param every milliseconds between two pictures
   */
  async frames(recording: Recording, every: number): Promise<Picture[]> {
    await this.end(recording);
    await this.#page.evaluate("terminal.reset()");
    const frames: Picture[] = [];
    const rest = [...recording.chunks];
    for (let until = every; rest.length > 0; until += every) {
      const later = rest.findIndex(({ at }) => at > until);
      const shown = rest.splice(0, later < 0 ? rest.length : later);
      await this.#write(shown.map(({ data }) => data).join(""));
      frames.push(await this.#picture());
    }
    return frames;
  }

  async #empty(): Promise<void> {
    await this.#page.evaluate(`(() => {
      globalThis.terminal?.dispose();
      const place = document.querySelector("#window");
      place.style.height = "";
      globalThis.terminal = new Terminal(${JSON.stringify(TERMINAL)});
      terminal.open(place);
    })()`);
  }

  /** To the last line with something on it. The terminal itself keeps its lines, else the first ones would scroll away. */
  async #shorten(): Promise<void> {
    const lines = await this.#page.evaluate<number>(`(() => {
      const { active } = terminal.buffer;
      let lines = terminal.rows;
      while (lines > 1 && active.getLine(lines - 1).translateToString(true) === "") lines--;
      const height = document.querySelector(".xterm-screen").getBoundingClientRect().height;
      document.querySelector("#window").style.height = Math.ceil((height / terminal.rows) * lines) + "px";
      return lines;
    })()`);
    if (lines === ROWS) throw new Error(`A picture of ${ROWS} lines and more can't be read`);
  }

  /** Resolves when it is drawn. */
  async #write(data: string): Promise<void> {
    await this.#page.evaluate(
      `new Promise((done) => terminal.write(${JSON.stringify(data)}, () => requestAnimationFrame(() => requestAnimationFrame(done))))`,
    );
  }

  async #picture(): Promise<Picture> {
    return pictureOf(await this.#page.locator("#window").screenshot());
  }
}
