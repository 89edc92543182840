import { documentOf } from "../../__tests__/review/documents.ts";
import { fixture } from "../../__tests__/review/fixtures.ts";
import type { TestBrowser } from "../../__tests__/support/browser.ts";
import { renderPage } from "../../lib/page/render.ts";
import { reviewPage } from "../../lib/review/render/html.ts";

const VIEWS = {
  "plan-desktop-light": { viewport: { width: 1200, height: 1120 }, colorScheme: "light" },
  "plan-phone-dark": { viewport: { width: 375, height: 920 }, colorScheme: "dark" },
} as const;

/** The page of a real plan (`npm run fixtures` makes it) on two screens: PNGs by name. */
export async function pages(browser: TestBrowser): Promise<ReadonlyMap<string, Buffer>> {
  const html = renderPage(reviewPage(documentOf(fixture("everyday").plan)));
  const pictures = new Map<string, Buffer>();
  for (const [name, view] of Object.entries(VIEWS)) {
    const { page } = await browser.open(html, view);
    pictures.set(name, await page.screenshot());
  }
  return pictures;
}
