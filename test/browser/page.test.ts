/** The page in Chromium, on a small ledger that is served: `PAGE_PICTURES=FOLDER` keeps a picture of every page. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { buildPage } from '../support/built-page.ts';
import { needs } from '../support/needs.ts';
import { type PageDesk, pageDesk } from '../support/page-desk.ts';
import { faultsFound, launchChromium, settled, visit, visitDocument } from '../support/page-visit.ts';
import { ServedLedger, tokenOf } from '../support/served-ledger.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

type Addresses = (runs: PageDesk['runs']) => string;

const pages: readonly (readonly [name: string, address: Addresses])[] = [
  ['overview', () => '/'],
  ['portfolio', () => '/portfolios/desk?asset=AMEX:SPY'],
  ['waiting', () => '/portfolios/checked'],
  ['not comparable', () => '/portfolios/mixed?leaves=all'],
  ['runs', () => '/runs'],
  ['run', ({ meta }) => `/runs/${meta}?asset=AMEX:SPY&most=0.45`],
  ['sleeve run', ({ sleeve }) => `/runs/${sleeve}`],
  ['backtests', () => '/backtests'],
  ['tournaments', () => '/tournaments'],
  ['selections', () => '/selections'],
  ['selection', ({ picked }) => `/selections/${picked}?window=1`],
  ['scans', () => '/scans'],
  ['ledger', () => '/ledger?type=AllocationPublished&text=AMEX%3ASPY&since=2024-06-01T00%3A00Z'],
  ['event', () => '/ledger/ledger@0'],
  ['operations', () => '/operations?letters=all'],
  ['sign-in', () => '/sign-in'],
  ['past', () => '/?known-at=2024-07-01T00:00:00Z&as-of=2024-06-28'],
];
const looks = [
  [1280, 'light'],
  [1280, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const;

/** Pages that are looked at on a very wide screen and on paper too. */
const alsoWideAndPrinted = new Set(['overview', 'portfolio', 'run', 'selection']);
/** What A4 leaves across between its margins, at 96 dots an inch. */
const paperWidth = 1032;

needs('chromium').describe('the page', () => {
  const directory = temporaryDirectory();
  const profile = mkdtempSync(join(tmpdir(), 'sleeve-ledger-page-'));
  const pictures = process.env['PAGE_PICTURES'] ?? join(profile, 'pictures');
  let browser: Browser;
  let desk: PageDesk;
  let served: ServedLedger;
  let token: string;

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    const built = join(directory, 'page');
    await buildPage(built);
    desk = await pageDesk(directory);
    token = await tokenOf(desk.bench, 'olga', 'operator', 'approver');
    served = await ServedLedger.start(desk.bench, ['--anybody-reads'], { page: built });
    browser = await launchChromium(profile);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await served?.stop();
    rmSync(profile, { recursive: true, force: true });
  });

  test.each(pages)(
    '%s: no complaint, nothing from elsewhere, no overflow and nothing against WCAG 2.2 AA, wide and narrow, light and dark',
    async (name, address) => {
      const { page, complaints, requests } = await visit(browser, `${served.url}${address(desk.runs)}`);
      const pictured = async (look: string, width: number): Promise<void> => {
        await page.setViewportSize({ width, height: 900 });
        await settled(page);
        await page.screenshot({
          path: join(pictures, `${look.replaceAll(' ', '-')}.png`),
          fullPage: process.env['PAGE_PICTURES'] !== undefined,
        });
        expect([look, await page.locator('html').evaluate((html) => html.scrollWidth)]).toEqual([look, width]);
      };
      for (const [width, colorScheme] of looks) {
        await page.emulateMedia({ colorScheme });
        const look = `${name}-${width}-${colorScheme}`;
        await pictured(look, width);
        expect([look, await faultsFound(page)]).toEqual([look, []]);
      }
      if (alsoWideAndPrinted.has(name)) {
        await page.emulateMedia({ colorScheme: 'light' });
        await pictured(`${name}-2560`, 2560);
        await page.emulateMedia({ media: 'print' });
        await pictured(`${name}-print`, paperWidth);
      }
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(served.url))).toEqual([]);
      expect(requests.length).toBeGreaterThan(3);
      await page.context().close();
    },
    240_000,
  );

  test('the reference of the API: no complaint, no overflow and nothing against WCAG 2.2 AA, wide and narrow, light and dark', async () => {
    const { page, complaints, requests } = await visitDocument(browser, `${served.url}/v1/reference`);
    for (const [width, colorScheme] of looks) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(pictures, `reference-${width}-${colorScheme}.png`) });
      expect([width, await page.locator('html').evaluate((html) => html.scrollWidth)]).toEqual([width, width]);
    }
    // It is long, and axe takes its time over it: each colour scheme once.
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect([colorScheme, await faultsFound(page)]).toEqual([colorScheme, []]);
    }
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(served.url))).toEqual([]);
    await page.context().close();
  }, 240_000);

  test('an event is proved in the browser; changed data, or a key of somebody else, are seen', async () => {
    const { page } = await visit(browser, `${served.url}/ledger/ledger@0`);
    await page.getByText('Proved in this browser').waitFor();
    expect(await page.locator('.checks strong').allTextContents()).toEqual(['Holds', 'Holds', 'Holds', 'Holds']);
    await page.getByLabel(/^Verifier key/).fill('golden.sleeve-ledger+0ae0254e+AZ7u6HjLYkSQ9nifJYruTLVRLW0rjI8mfBslcqyS1vV1');
    await page.getByText('Not everything could be proved').waitFor();
    expect(await page.locator('.checks strong').allTextContents()).toEqual(['Holds', 'Holds', 'Holds', 'Broken']);
    await page.route(/\/v1\/events\/ledger%400$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace('golden.sleeve-ledger', 'forged.sleeve-ledger') });
    });
    await page.reload();
    await page.getByText('Not everything could be proved').waitFor();
    expect(await page.locator('.checks strong').allTextContents()).toEqual(['Broken', 'Holds', 'Holds', 'Holds']);
    await page.context().close();
  }, 120_000);

  test('a portfolio says how far it has drifted, and an asset of it is followed to the files of its sleeve run', async () => {
    const { page } = await visit(browser, `${served.url}/portfolios/desk?asset=AMEX:SPY`);
    // It is asked for behind what is in force.
    await page
      .locator('main')
      .getByText(/publication 2, as of 2024-07-12/)
      .first()
      .waitFor();
    const flow = page.locator('.flow').first();
    await flow.getByText('Input files').waitFor();
    expect(await flow.locator('> li > strong').allTextContents()).toEqual([
      'Asset',
      'Portfolio',
      'Sleeve run',
      'Selection',
      'Scan',
      'Input files',
    ]);
    await flow.getByRole('link', { name: /^prices/ }).waitFor();
    const file = await flow.getByRole('link', { name: /^prices/ }).getAttribute('href');
    expect((await fetch(`${served.url}${file}`)).status).toBe(200);
    await flow.locator('a.code, a[href^="/runs/"]').first().click();
    await settled(page);
    expect(page.url()).toMatch(/\/runs\/etfs-2024-07-12-[0-9a-f]{16}$/);
    await page
      .getByRole('region', { name: 'Input files' })
      .getByRole('link', { name: /^prices/ })
      .waitFor();
    await page.context().close();
  }, 120_000);

  test('time goes with every link, and moves what is shown', async () => {
    const { page } = await visit(browser, `${served.url}/portfolios/desk?as-of=2024-06-28`);
    expect(await page.getByRole('note').textContent()).toContain('as of the session 2024-06-28');
    expect(await page.locator('.page-head').textContent()).toContain('as of 2024-06-28');
    await page.getByRole('link', { name: 'Runs' }).click();
    await settled(page);
    expect(page.url()).toBe(`${served.url}/runs?as-of=2024-06-28`);
    const dates = await page.locator('tbody td:nth-child(4)').allTextContents();
    expect(dates.length).toBeGreaterThan(5);
    expect(dates.filter((date) => date > '2024-06-28' && date !== 'no date')).toEqual([]);
    await page.getByRole('button', { name: 'Back to now' }).first().click();
    await page.waitForURL(`${served.url}/runs`);
    await page.context().close();
  }, 120_000);

  test('keys search, go from row to row and show themselves; a table is copied as CSV and as its command', async () => {
    const { page } = await visit(browser, `${served.url}/runs?kind=meta`, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.keyboard.press('/');
    await page.keyboard.type('nested');
    await expect(page.locator('tbody tr').allTextContents()).resolves.toHaveLength(
      await page.locator('tbody tr:has-text("nested")').count(),
    );
    // Whoever is sent the address sees the same rows.
    expect(new URL(page.url()).search).toBe('?kind=meta&find-runs=nested');
    await page.locator('h1').click();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await page.locator('tbody tr').evaluateAll((rows) => rows.findIndex((row) => row === row.ownerDocument.activeElement))).toBe(0);
    await page.getByRole('button', { name: 'Copy command' }).click();
    await page.getByText('Copied').waitFor();
    const clipboard = (): Promise<string> => page.evaluate<string>('navigator.clipboard.readText()');
    expect(await clipboard()).toBe('sleeve-ledger runs --kind meta');
    await page.getByRole('button', { name: 'Copy CSV' }).click();
    expect((await clipboard()).split('\r\n')[0]).toBe('run,kind,of,as of,status,grade,risk profiles,recorded');
    await page.locator('h1').click();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.context().close();
  }, 120_000);

  test('who may not decide is told so; who signs in approves, and the page shows the publication by itself', async () => {
    const { page } = await visit(browser, `${served.url}/portfolios/checked`);
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    expect(await page.getByRole('dialog', { name: 'Approve' }).textContent()).toContain('It takes the role approver');
    await page.getByRole('dialog', { name: 'Approve' }).getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Token', { exact: true }).fill(token);
    await page.locator('main').getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${served.url}/`);
    await settled(page);
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Approve' });
    await dialog.getByLabel('Why').fill('seen on the page');
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.locator('.card', { hasText: 'checked' }).getByText('published', { exact: true }).waitFor();
    const { result } = await desk.bench.json(['ledger', 'events', '--types', 'RebalanceApproved', '--limit', '1000']);
    const approved = (result['events'] as readonly { readonly actor: string; readonly data: { readonly why: string } }[]).at(-1)!;
    expect([approved.actor, approved.data.why]).toEqual(['olga', 'seen on the page']);
    await page.getByRole('link', { name: 'Operations' }).click();
    await settled(page);
    const letters = page.locator('tbody tr', { hasText: 'MessageInvalid' });
    const before = await letters.count();
    await letters.first().getByRole('button', { name: 'Discard' }).click();
    const discarding = page.getByRole('dialog', { name: 'Discard' });
    await discarding.getByLabel('Why').fill('a test');
    await discarding.getByRole('button', { name: 'Discard' }).click();
    await page.waitForFunction(
      (count) => {
        const { document } = globalThis as unknown as { document: { querySelectorAll(selector: string): { readonly length: number } } };
        return document.querySelectorAll('main .panel:first-of-type tbody tr').length < count;
      },
      before,
      { timeout: 30_000 },
    );
    await page.context().close();
  }, 180_000);

  test('what would have been allocated is computed and recorded nowhere', async () => {
    const { page } = await visit(browser, `${served.url}/runs/${desk.runs.meta}`);
    await page.getByRole('slider', { name: /^Greatest weight/ }).fill('0.45');
    await page.getByRole('button', { name: 'Compute', exact: true }).click();
    const table = page.getByRole('region', { name: 'Weights by sleeve, hrp' });
    await table.waitFor();
    // 45 % is the bound that was set: the largest sleeve, at 50 % before, meets it.
    expect(await table.locator('tr', { hasText: 'stocks' }).locator('td').allTextContents()).toEqual([
      '50.00\u00a0%',
      '45.00\u00a0%',
      '\u22125.00\u00a0%',
    ]);
    await page.getByRole('button', { name: 'Recompute' }).click();
    await page.getByText('Every number has the same bits as recorded.').waitFor();
    await page.context().close();
  }, 120_000);
});
