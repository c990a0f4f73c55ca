/** A page of somebody else, in the browser of somebody who has signed in: on the same machine, where a browser sends our cookie along. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../support/chromium.ts';
import { Workbench } from '../support/cli.ts';
import { needs } from '../support/needs.ts';
import { ServedLedger, tokenOf } from '../support/served-ledger.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

interface Sent {
  readonly url: string;
  readonly method?: string;
  readonly type?: string;
  readonly mode?: 'cors' | 'no-cors';
  readonly body?: string;
}

/** What a script of a page gets for a request: status and text, or what the browser says instead. */
function fetched(page: Page, sent: Sent): Promise<string> {
  return page.evaluate(async ({ url, method = 'GET', type, mode = 'cors', body }) => {
    const headers = type === undefined ? {} : { 'content-type': type };
    try {
      const answer = await fetch(url, { method, mode, headers, credentials: 'include', ...(body === undefined ? {} : { body }) });
      return `${answer.type} ${answer.status} ${await answer.text()}`;
    } catch (error) {
      return String(error);
    }
  }, sent);
}

needs('chromium').describe('somebody who has signed in', () => {
  const bench = new Workbench(temporaryDirectory());
  /** Requests that came to the stranger's own server, with what the browser sent along. */
  const cookies: (string | undefined)[] = [];
  let browser: Browser;
  let context: BrowserContext;
  let served: ServedLedger;
  let stranger: Server;
  let strangersPage: Page;
  let ownPage: Page;

  beforeAll(async () => {
    await bench.json(['manifest', 'apply', '--no-seal']);
    const token = await tokenOf(bench, 'olga', 'operator');
    served = await ServedLedger.start(bench, []);
    stranger = createServer((request, response) => {
      cookies.push(request.headers.cookie);
      response.setHeader('content-type', 'text/html').end('<title>stranger</title>');
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
    // What the test runs in a page of ours is no script of the page.
    context = await browser.newContext({ bypassCSP: true });
    ownPage = await context.newPage();
    await ownPage.goto(`${served.url}/v1/openapi.json`);
    const signedIn = await fetched(ownPage, {
      url: `${served.url}/v1/session`,
      method: 'POST',
      type: 'application/json',
      body: JSON.stringify({ token }),
    });
    expect(signedIn).toMatch(/^basic 200 .*"by":"session"/);
    strangersPage = await context.newPage();
    await strangersPage.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await served?.stop();
    stranger?.close();
  });

  const halt = (): string => `${served.url}/v1/portfolios/pair/halt`;
  const why = JSON.stringify({ why: 'a stranger wants it' });
  const halts = async (): Promise<number> =>
    ((await bench.json(['ledger', 'events', '--types', 'PublicationHalted'])).result['events'] as readonly object[]).length;

  test('has the cookie sent to every port of the machine, so that it alone says nothing', () => {
    expect(cookies[0]).toMatch(/sleeve-ledger-session=/);
  });

  test('has no script of any page see the cookie', async () => {
    expect(await ownPage.locator('html').evaluate((element) => element.ownerDocument.cookie)).toBe('');
  });

  test.each([
    ['text/plain', 'no-cors'],
    ['application/x-www-form-urlencoded', 'no-cors'],
    ['application/json', 'no-cors'],
    ['application/json', 'cors'],
  ] as const)('has nothing decided by a page of a stranger that sends %s with %s', async (type, mode) => {
    expect(await fetched(strangersPage, { url: halt(), method: 'POST', type, mode, body: why })).toMatch(/^TypeError/);
    expect(await halts()).toBe(0);
  });

  test('has nothing decided by a form of a stranger', async () => {
    const tab = await context.newPage();
    await tab.goto(strangersPage.url());
    const form = `<form method="post" enctype="text/plain" action="${halt()}"><input name='{"why":"' value='"}'></form>`;
    await tab.setContent(`${form}<script>document.forms[0].submit()</script>`);
    await tab.waitForURL(halt());
    expect(await tab.textContent('body')).toContain('OriginUnknown');
    expect(await halts()).toBe(0);
  });

  test('has nothing read, and is not signed out, by a page of a stranger', async () => {
    const session = `${served.url}/v1/session`;
    expect(await fetched(strangersPage, { url: session })).toMatch(/^TypeError/);
    expect(await fetched(strangersPage, { url: session, method: 'DELETE' })).toMatch(/^TypeError/);
    expect(await fetched(ownPage, { url: session })).toMatch(/^basic 200 .*"name":"olga"/);
  });

  test('decides by a page of ours', async () => {
    expect(await fetched(ownPage, { url: halt(), method: 'POST', type: 'application/json', body: why })).toMatch(/^basic 200 /);
    expect(await halts()).toBe(1);
  });
});
