/**
 * Writes docs/images anew: the pages as a browser shows them.
 *
 *     npm run screenshots
 *
 * Needs chromium on the PATH (Debian: apt-get install chromium).
 */
import { fileURLToPath } from "node:url";
import { documentOf } from "../__tests__/review/documents.ts";
import { fixture } from "../__tests__/review/fixtures.ts";
import { TestBrowser } from "../__tests__/support/browser.ts";
import { type Page, renderPage } from "../lib/page/page.ts";
import { reviewPage } from "../lib/review/page.ts";

const DESKTOP = { viewport: { width: 1200, height: 1120 }, colorScheme: "light" } as const;
const PHONE = { viewport: { width: 375, height: 920 }, colorScheme: "dark" } as const;

/** A real plan: `npm run fixtures` makes it. */
const plan = reviewPage(documentOf(fixture("everyday").plan));

const SHOTS: readonly { name: string; page: Page; as: typeof DESKTOP | typeof PHONE; hash?: string }[] = [
  { name: "plan-desktop-light", page: plan, as: DESKTOP },
  { name: "plan-phone-dark", page: plan, as: PHONE },
];

const browser = await TestBrowser.start();
try {
  for (const { name, page, as, hash } of SHOTS) {
    const { page: shown } = await browser.open(renderPage(page), as, hash);
    const path = fileURLToPath(new URL(`images/${name}.png`, import.meta.url));
    await shown.screenshot({ path });
    process.stdout.write(`${path}\n`);
  }
} finally {
  await browser.stop();
}
