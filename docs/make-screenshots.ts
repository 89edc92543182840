/**
 * Makes docs/images again, all from real runs: pages as a browser shows them, commands as a terminal does.
 *
 *     npm run screenshots
 *
 * Needs chromium and moto_server on the PATH (Debian: apt-get install chromium; pip install 'moto[server]').
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { TestBrowser } from "../__tests__/support/browser.ts";
import { pages } from "./screenshots/pages.ts";
import { check, plan, rehearsal } from "./screenshots/scenes.ts";
import { terminalPicture } from "./screenshots/terminal-picture.ts";

const browser = await TestBrowser.start();
try {
  for (const [name, png] of await pages(browser)) write(name, png);
  write("rehearsal", await terminalPicture(browser, await rehearsal()));
  write("plan-terminal", await terminalPicture(browser, await plan()));
  write("check-terminal", await terminalPicture(browser, await check()));
} finally {
  await browser.stop();
}

function write(name: string, png: Buffer): void {
  const path = fileURLToPath(new URL(`images/${name}.png`, import.meta.url));
  writeFileSync(path, png);
  process.stdout.write(`${path}  ${Math.ceil(png.length / 1_000)} kB\n`);
}
