import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createWorkerProbe } from '../../../infra/http/worker-probe.ts';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => (server.close(), server.closeAllConnections()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const probe = createWorkerProbe();
const checks = [{ name: 'intake', ok: false, detail: '12000 messages behind' }];

describe('a worker that is asked how it stands', () => {
  test.each([
    [200, true],
    [503, false],
  ])('says it at /readyz, with status %i', async (status, ready) => {
    const asked: string[] = [];
    const url = await listening(({ url: path }, response) => {
      asked.push(path!);
      response.writeHead(status).end(JSON.stringify({ ready, notReady: [], checks }));
    });
    expect(await probe.ask(url)).toEqual({ kind: 'answered', ready, checks });
    expect(asked).toEqual(['/readyz']);
  });

  test('is away where nothing listens, where something else answers, and where it sends elsewhere', async () => {
    const url = await listening((_request, response) => response.end('<html>hello</html>'));
    expect(await probe.ask(url)).toEqual({ kind: 'away', why: 'what answers there is no worker (200)' });
    const elsewhere = await listening((_request, response) => response.writeHead(302, { location: url }).end());
    expect(await probe.ask(elsewhere)).toMatchObject({ kind: 'away' });
    const gone = await listening(() => undefined);
    closing.splice(-1).forEach((close) => close());
    expect(await probe.ask(gone)).toMatchObject({ kind: 'away', why: expect.stringMatching(/ECONNREFUSED/) });
  });

  test('is not read to the end where its answer has none', async () => {
    const url = await listening((_request, response) => {
      response.on('error', () => undefined);
      response.write('x'.repeat(70_000));
    });
    expect(await probe.ask(url)).toEqual({ kind: 'away', why: 'an answer of more than 65536 bytes' });
  });
});
