import { fileURLToPath } from "node:url";
import type { TestBrowser } from "../../__tests__/support/browser.ts";
import { COLUMNS, ROWS } from "./recording.ts";

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

/**
 * Shows what a command printed, as a terminal would, in a picture of just as many lines as it needs.
 * @param shown with its control sequences
 * @returns a PNG
 */
export async function terminalPicture(browser: TestBrowser, shown: string): Promise<Buffer> {
  const { page } = await browser.open(PAGE, {
    viewport: { width: 1000, height: 1200 },
    deviceScaleFactor: 2,
  });
  await page.addStyleTag({ path: XTERM_CSS });
  await page.addScriptTag({ path: XTERM });
  await page.evaluate(`new Promise((done) => {
    globalThis.terminal = new Terminal(${JSON.stringify(TERMINAL)});
    terminal.open(document.querySelector("#window"));
    terminal.write(${JSON.stringify(shown)}, () => requestAnimationFrame(() => requestAnimationFrame(done)));
  })`);
  // To the last line with something on it. The terminal itself keeps its lines, or the first ones would scroll away.
  const lines = await page.evaluate<number>(`(() => {
    const { active } = terminal.buffer;
    let lines = terminal.rows;
    while (lines > 1 && active.getLine(lines - 1).translateToString(true) === "") lines--;
    const height = document.querySelector(".xterm-screen").getBoundingClientRect().height;
    document.querySelector("#window").style.height = Math.ceil((height / terminal.rows) * lines) + "px";
    return lines;
  })()`);
  if (lines === ROWS) throw new Error(`A picture of ${ROWS} lines and more can't be read`);
  const picture = await page.locator("#window").screenshot();
  await page.context().close();
  return picture;
}
