/** The page in Chromium: its first load on a slow line and a slow processor, and how long a publication takes to be seen. */
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { buildPage } from '../../test/support/built-page.ts';
import { chromiumPath } from '../../test/support/chromium.ts';
import { until } from '../../test/support/kafka/ready.ts';
import { type Percentiles, percentilesOf } from '../percentiles.ts';
import { resultsPerSecond, root, ServedDesk } from './served-desk.ts';

const loads = 9;
/** `PAGE_SECONDS`: a shorter look. */
const seconds = Number(process.env['PAGE_SECONDS'] ?? 60);
const line = { megabitsPerSecond: 10, roundTripMs: 40, processorSlowdown: 4 } as const;
/** A portfolio whose sleeves report about twice a second. */
const watched = 'p000';

export interface PageFigures {
  readonly line: typeof line;
  readonly loads: number;
  /** From the navigation to the portfolios being shown, with an empty cache. */
  readonly firstLoad: Percentiles;
  /** Compressed bytes of script until then. */
  readonly scriptBytes: number;
  /** Publications of one portfolio that its page was waiting for. */
  readonly publications: number;
  /** From the publication being durable to the page saying so. */
  readonly toPage: Percentiles;
}

/** In the page: when something was there first, by what `found` names, in milliseconds since 1970. */
const watching = (found: string): string => `
  globalThis.seen = new Map();
  const look = () => {
    const name = (${found})();
    if (name !== null && !seen.has(name)) seen.set(name, performance.timeOrigin + performance.now());
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });`;

const portfoliosShown = `() => document.querySelector('main .card') === null ? null : 'cards'`;
const publicationShown = `() => /(\\d+), as of \\d{4}-/.exec(document.querySelector('main dl.facts')?.textContent ?? '')?.[1] ?? null`;

/** Asked again and again by `until`: the page's own policy lets no `waitForFunction` run. */
const seenIn = (page: Page): Promise<[string, number][]> => page.evaluate<[string, number][]>('[...seen]');

async function firstLoad(browser: Browser, url: string): Promise<{ readonly ms: number; readonly scriptBytes: number }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  const scripts = new Set<string>();
  let scriptBytes = 0;
  network.on('Network.responseReceived', ({ requestId, type }) => void (type === 'Script' && scripts.add(requestId)));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) scriptBytes += encodedDataLength;
  });
  const bytesPerSecond = (line.megabitsPerSecond * 1e6) / 8;
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: line.roundTripMs,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  });
  await network.send('Emulation.setCPUThrottlingRate', { rate: line.processorSlowdown });
  await page.addInitScript(watching(portfoliosShown));
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForSelector('main .card');
  const [[, at]] = (await seenIn(page)) as [[string, number]];
  const ms = at - (await page.evaluate<number>('performance.timeOrigin'));
  await context.close();
  return { ms, scriptBytes };
}

/** Opens the page of a portfolio, and answers when it said which publication, up to the last one of what happened meanwhile. */
async function publicationsSeen(browser: Browser, url: string, meanwhile: () => Promise<number>): Promise<readonly [number, number][]> {
  const page = await browser.newPage();
  await page.addInitScript(watching(publicationShown));
  await page.goto(`${url}/portfolios/${watched}`);
  await until('a publication on the page', async () => (await seenIn(page)).length > 0);
  const last = await meanwhile();
  await until('the last publication on the page', async () => (await seenIn(page)).some(([number]) => Number(number) === last));
  const seen = await seenIn(page);
  await page.close();
  return seen.map(([number, at]) => [Number(number), at]);
}

export async function measurePage(scratch: string): Promise<PageFigures> {
  if (chromiumPath === undefined) throw new Error('this takes Chromium: name it with CHROMIUM');
  // The page that is served is the one that was built last.
  await buildPage(join(root, 'dist/web'));
  const desk = await ServedDesk.start(join(scratch, 'page.sqlite'), resultsPerSecond * seconds);
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
  try {
    const loaded: { readonly ms: number; readonly scriptBytes: number }[] = [];
    while (loaded.length < loads) loaded.push(await firstLoad(browser, desk.url));
    const durable = (): number[] =>
      desk.watch.publications.filter(({ meta }) => meta === watched).map(({ publishedAt }) => performance.timeOrigin + publishedAt);
    const before = durable().length;
    const seen = await publicationsSeen(browser, desk.url, async () => {
      await desk.round(desk.nextResults(resultsPerSecond * seconds));
      return durable().length;
    });
    // One that the next has taken the place of before it was shown is seen with that one.
    const times = durable().map((at, index) => Math.min(...seen.flatMap(([number, when]) => (number > index ? [when] : []))) - at);
    const toPage = percentilesOf(times.slice(before));
    return {
      line,
      loads,
      firstLoad: percentilesOf(loaded.map(({ ms }) => ms)),
      scriptBytes: Math.max(...loaded.map(({ scriptBytes }) => scriptBytes)),
      publications: times.length - before,
      toPage,
    };
  } finally {
    await browser.close();
    await desk.end();
  }
}
