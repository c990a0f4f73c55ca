import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../support/chromium.ts';
import { Workbench } from '../support/cli.ts';
import { needs } from '../support/needs.ts';
import { recordBacktest } from '../support/recorded-backtest.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Contrast of WCAG 2.2 between the text of each element and the page, from computed colours. */
async function contrasts(page: Page, selector: string): Promise<number[]> {
  const colours = await page.locator(`body, ${selector}`).evaluateAll((elements) =>
    elements.map((element) => {
      const style = element.ownerDocument.defaultView!.getComputedStyle(element);
      return {
        paper: element.tagName === 'BODY',
        colour: element.tagName === 'BODY' ? style.backgroundColor : element.tagName === 'text' ? style.fill : style.color,
      };
    }),
  );
  const paper = luminance(colours.find((found) => found.paper)!.colour);
  return colours
    .filter((found) => !found.paper)
    .map(({ colour }) => (Math.max(paper, luminance(colour)) + 0.05) / (Math.min(paper, luminance(colour)) + 0.05));
}

/** Relative luminance of `rgb(...)`, WCAG 2.2. */
function luminance(colour: string): number {
  const [red, green, blue] = colour
    .match(/[\d.]+/g)!
    .slice(0, 3)
    .map((part) => Number(part) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

needs('chromium').describe('the report in a browser', () => {
  const directory = temporaryDirectory();
  const profile = mkdtempSync(join(tmpdir(), 'sleeve-ledger-browser-'));
  let browser: Browser;
  let address: string;
  let ofSleeve: string;
  let ofBacktest: string;

  beforeAll(async () => {
    const bench = new Workbench(directory);
    const sleeveRuns = [];
    for (const sleeve of ['stocks', 'funds', 'coins'] as const) sleeveRuns.push(await bench.produce(sleeve));
    await bench.json(['report', sleeveRuns[0]!, '-o', bench.path('reports')]);
    ofSleeve = pathToFileURL(bench.path(`reports/${sleeveRuns[0]!}.html`)).href;
    const { result } = await bench.json(['flow', 'meta', '--profile', 'nested', '--risk', 'all']);
    const runId = result['runId'] as string;
    await bench.json(['report', runId, '-o', bench.path('reports')]);
    address = pathToFileURL(bench.path(`reports/${runId}.html`)).href;
    const backtestId = await recordBacktest(bench, 'whole', ['--risk', 'hrp,equal_weight']);
    await bench.json(['report', backtestId, '-o', bench.path('reports')]);
    ofBacktest = pathToFileURL(bench.path(`reports/${backtestId}.html`)).href;
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      headless: true,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        `--disk-cache-dir=${profile}`,
      ],
    });
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(profile, { recursive: true, force: true });
  });

  function pageOf(whose: 'a sleeve' | 'a portfolio' | 'a backtest'): string {
    return { 'a sleeve': ofSleeve, 'a portfolio': address, 'a backtest': ofBacktest }[whose];
  }

  async function opened(
    width: number,
    colorScheme: 'light' | 'dark',
    file: string = address,
  ): Promise<{ readonly page: Page; readonly complaints: string[]; readonly requests: string[] }> {
    const page = await (await browser.newContext({ viewport: { width, height: 844 }, colorScheme })).newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(file, { waitUntil: 'load' });
    return { page, complaints, requests };
  }

  test.each([
    ['a portfolio', 1280, 'light'],
    ['a portfolio', 1280, 'dark'],
    ['a portfolio', 390, 'light'],
    ['a portfolio', 390, 'dark'],
    ['a backtest', 1280, 'light'],
    ['a backtest', 1280, 'dark'],
    ['a backtest', 390, 'light'],
    ['a backtest', 390, 'dark'],
  ] as const)(
    'the page of %s at %i pixels, %s: no complaint, no request but for itself, no overflow, drawings to be seen',
    async (whose, width, scheme) => {
      const { page, complaints, requests } = await opened(width, scheme, pageOf(whose));
      expect(complaints).toEqual([]);
      expect(requests).toEqual([pageOf(whose)]);
      expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBeLessThanOrEqual(width);
      const drawings = await page.locator('figure [role="img"]:visible').evaluateAll((elements) =>
        elements.map((element) => ({
          name: element.getAttribute('aria-label'),
          width: element.getBoundingClientRect().width,
          lines: element.querySelectorAll('svg path').length,
        })),
      );
      expect(drawings.length).toBeGreaterThan(2);
      for (const drawing of drawings) {
        expect(drawing.name?.length).toBeGreaterThan(20);
        expect(drawing.width).toBeGreaterThan(300);
        expect(drawing.lines).toBeGreaterThan(3);
      }
    },
    60_000,
  );

  test.each(['light', 'dark'] as const)(
    '%s: text in every tone and in the drawings has a contrast of at least 4.5',
    async (scheme) => {
      const { page } = await opened(1280, scheme);
      for (const selector of ['p', 'td', 'td.good', 'td.warn', '.bad', '.muted', 'dt', 'a', '.wide svg text']) {
        const found = await contrasts(page, selector);
        expect([selector, found.length > 0]).toEqual([selector, true]);
        expect([selector, Math.min(...found) >= 4.5]).toEqual([selector, true]);
      }
    },
    60_000,
  );

  test.each([
    ['a portfolio', 'light'],
    ['a portfolio', 'dark'],
    ['a backtest', 'light'],
    ['a backtest', 'dark'],
  ] as const)(
    'the page of %s printed to PDF in the %s scheme loses no column and no row: every cell stands on it, as dark text on white',
    async (whose, scheme) => {
      const { page } = await opened(1280, scheme, pageOf(whose));
      // A4 across, less the margins, in the pixels of CSS.
      const printable = Math.floor(((297 - 24) / 25.4) * 96);
      await page.setViewportSize({ width: printable, height: 700 });
      await page.emulateMedia({ media: 'print', colorScheme: scheme });
      const cells = await page.locator('table th, table td').evaluateAll((elements) =>
        elements.map((element) => {
          const { left, right, width } = element.getBoundingClientRect();
          return { text: element.textContent.slice(0, 20), left, right, width, hidden: element.scrollWidth > element.clientWidth + 1 };
        }),
      );
      expect(cells.length).toBeGreaterThan(500);
      expect(cells.filter(({ left, right, width, hidden }) => left < 0 || right > printable || width === 0 || hidden)).toEqual([]);
      expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBeLessThanOrEqual(printable);
      const clipped = await page
        .locator('.scroll')
        .evaluateAll((regions) => regions.filter((region) => region.scrollHeight > region.clientHeight + 1).length);
      expect(clipped).toBe(0);
      for (const selector of ['td', 'p', '.muted']) expect(Math.min(...(await contrasts(page, selector)))).toBeGreaterThanOrEqual(4.5);
      const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      // Pages of 842 x 595 points.
      expect(pdf.toString('latin1')).toMatch(/\/MediaBox \[0 0 841\.\d+ 594\.\d+\]|\/MediaBox \[0 0 842 595\]/);
    },
    60_000,
  );

  const charts = {
    'a sleeve': [
      'equity',
      'drawdown',
      'rolling-volatility',
      'rolling-sharpe',
      'weights',
      'risk-optimiser-assets',
      'turnover',
      'costs',
      'tree',
    ],
    'a portfolio': ['equity', 'drawdown', 'rolling-volatility', 'rolling-sharpe', 'tree'],
    'a backtest': [
      'equity',
      'drawdown',
      'rolling-volatility',
      'rolling-sharpe',
      'rolling-beta',
      'weights',
      'risk-optimiser-sleeves',
      'risk-joint-sleeves',
      'risk-joint-assets',
      'turnover',
      'costs',
      'tree',
      'correlations',
    ],
  } as const;
  test.each([
    ['a sleeve', 'light'],
    ['a sleeve', 'dark'],
    ['a portfolio', 'light'],
    ['a portfolio', 'dark'],
    ['a backtest', 'light'],
    ['a backtest', 'dark'],
  ] as const)(
    'the tear sheet of %s, %s: each chart is to be seen in a picture of the page, and is gone without its drawing',
    async (whose, scheme) => {
      const { page, complaints } = await opened(1280, scheme, pageOf(whose));
      expect(complaints).toEqual([]);
      expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBeLessThanOrEqual(1280);
      for (const name of charts[whose]) {
        const figure = page.locator(`figure[data-chart="${name}-hrp"]`);
        expect([name, await figure.count()]).toEqual([name, 1]);
        const seen = await figure.screenshot();
        await figure.locator('.wide svg').evaluate((svg) => svg.setAttribute('visibility', 'hidden'));
        const gone = await figure.screenshot();
        expect([name, seen.equals(gone)]).toEqual([name, false]);
      }
      const shaded = await page
        .locator('td[class*="gain-"], td[class*="loss-"]')
        .evaluateAll((cells) => cells.map((cell) => cell.ownerDocument.defaultView!.getComputedStyle(cell).backgroundColor));
      expect(shaded.length).toBeGreaterThan(3);
      expect(new Set(shaded).size).toBeGreaterThan(1);
    },
    60_000,
  );

  test('keeps the head of a long table in sight while its body scrolls', async () => {
    const { page } = await opened(1280, 'light');
    const tops = await page
      .locator('#trace .scroll')
      .last()
      .evaluate((region) => {
        region.scrollTop = 300;
        return {
          scrolled: region.scrollTop,
          region: region.getBoundingClientRect().top,
          head: region.querySelector('thead th')!.getBoundingClientRect().top,
        };
      });
    expect(tops.scrolled).toBeGreaterThan(0);
    expect(Math.abs(tops.head - tops.region)).toBeLessThan(3);
  }, 60_000);

  test('has one heading of the first level, no level skipped, a name for each section and a caption for each table', async () => {
    const { page } = await opened(1280, 'light');
    const levels = await page
      .locator('h1, h2, h3, h4')
      .evaluateAll((elements) => elements.map((element) => Number(element.tagName.slice(1))));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, index) => expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1));
    expect(await page.locator('table:not(:has(caption))').count()).toBe(0);
    expect(await page.locator('section:not([aria-labelledby])').count()).toBe(0);
    const dangling = await page
      .locator('nav a')
      .evaluateAll(
        (links) => links.filter((link) => link.ownerDocument.querySelector(link.getAttribute('href') ?? 'none') === null).length,
      );
    expect(dangling).toBe(0);
  }, 60_000);
});
