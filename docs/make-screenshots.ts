/**
 * Writes docs/images anew, all from real runs: pages as a browser shows them, commands as a terminal does.
 *
 *     npm run screenshots
 *
 * Needs chromium and moto_server on the PATH (Debian: apt-get install chromium; pip install 'moto[server]').
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { TestBrowser } from "../__tests__/support/browser.ts";
import { pages } from "./screenshots/pages.ts";
import { animatedPng, stillPng } from "./screenshots/png.ts";
import { check, plan, rehearsal } from "./screenshots/scenes.ts";
import { TerminalPicture } from "./screenshots/terminal-picture.ts";

/** A spinner that turns smoothly enough, and a recording two and a half times as fast as the run. */
const [EVERY_MS, SHOWN_MS] = [100, 40];

const browser = await TestBrowser.start();
try {
  for (const [name, png] of await pages(browser)) write(name, png);
  const terminal = await TerminalPicture.open(browser);
  write("rehearsal", animatedPng(await terminal.frames(await rehearsal(), EVERY_MS), SHOWN_MS));
  write("plan-terminal", stillPng(await terminal.end(await plan())));
  write("check-terminal", stillPng(await terminal.end(await check())));
} finally {
  await browser.stop();
}

function write(name: string, png: Buffer): void {
  const path = fileURLToPath(new URL(`images/${name}.png`, import.meta.url));
  writeFileSync(path, png);
  process.stdout.write(`${path}  ${Math.ceil(png.length / 1_000)} kB\n`);
}
