import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { chromiumPath } from './chromium.ts';

export interface Visit {
  readonly page: Page;
  /** What the browser complained of. */
  readonly complaints: string[];
  /** Whatever was asked for, by its address. */
  readonly requests: string[];
}

/** `cache`: folder of what it keeps. */
export function launchChromium(cache: string): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath!,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', `--disk-cache-dir=${cache}`],
  });
}

/** Opens an address in a window of its own, and waits until everything that it asked for is shown. */
export async function visit(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const visited = await visitDocument(browser, address, options);
  await settled(visited.page);
  return visited;
}

/** Opens an address that is a document and asks for nothing more. */
export async function visitDocument(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(`${message.text()} ${message.location().url}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(address, { waitUntil: 'load' });
  return { page, complaints, requests };
}

/** As much of a document as is looked at. */
interface Looked {
  querySelector(selector: string): unknown;
  querySelectorAll(selector: string): Iterable<{ checkVisibility(): boolean }>;
}

/** Waits until nothing is loading any more, and what is drawn stands. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const { document } = globalThis as unknown as { document: Looked };
      // What is folded away is drawn when it is opened.
      const isDrawn = [...document.querySelectorAll('main .drawing:empty')].every((drawing) => !drawing.checkVisibility());
      return document.querySelector('main h1') !== null && document.querySelector('main .skeleton') === null && isDrawn;
    },
    null,
    { timeout: 60_000 },
  );
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds against WCAG 2.2 AA, each with the places. */
export async function faultsFound(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate(`${axe.source}; axe.run(document, { runOnly: ${JSON.stringify(rules)} })`);
  const { violations } = found as {
    readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly target: unknown }[] }[];
  };
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => String(target)).join(', ')}`);
}
