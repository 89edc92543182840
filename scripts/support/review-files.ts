import { replaceFile } from "../../lib/files.ts";
import { renderPage } from "../../lib/page/page.ts";
import type { ReviewDocument } from "../../lib/review/document.ts";
import { reviewMarkdown } from "../../lib/review/markdown.ts";
import { reviewPage } from "../../lib/review/page.ts";

export interface ReviewFiles {
  readonly html?: string;
  readonly markdown?: string;
}

/** For whoever made it alone, when values of people's attributes are in it. */
const PRIVATE = 0o600;

/** Writes the review wherever it was asked for. */
export function writeReviews(document: ReviewDocument, { html, markdown }: ReviewFiles): void {
  const mode = document.values ? PRIVATE : undefined;
  if (html !== undefined) replaceFile(html, renderPage(reviewPage(document)), mode);
  if (markdown !== undefined) replaceFile(markdown, reviewMarkdown(document), mode);
}
