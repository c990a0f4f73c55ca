/** One who asks too much of the API: strangers with tokens that are none, holders who ask without end, questions that compute. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { limits } from '../../domain/shared/limits.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Compute } from '../../handlers/ports/ports.ts';
import type { Identity } from '../../presentation/api/identity.ts';
import { Protection } from '../../presentation/api/protection.ts';
import { Workbench } from '../support/cli.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { ServedLedger, tokenOf } from '../support/served-ledger.ts';

const olga: Identity = { name: 'olga', roles: ['operator'], by: 'token' };
const nobody: Identity = { name: 'unnamed', roles: ['viewer'], by: 'loopback' };
const from = (peer: string, authorization?: string): { readonly peer: string; readonly headers: Record<string, string> } => ({
  peer,
  headers: authorization === undefined ? {} : { authorization },
});
const asText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

async function refuse(): Promise<Identity> {
  throw new LedgerError('NotAuthenticated', 'not known here');
}

/** Requests that are let through before one is refused. */
function countUntilRefused(protection: Protection, identity: Identity, peer: string): number {
  for (let count = 0; ; count++) {
    try {
      protection.count(identity, from(peer));
    } catch (error) {
      expect(error).toMatchObject({ code: 'TooManyRequests', evidence: { retryAfterSeconds: 1 } });
      return count;
    }
  }
}

const slowly = (): Promise<Identity> => new Promise((resolve) => setImmediate(() => resolve(olga)));

describe('the bounds of who asks', () => {
  test('one name has so many requests, wherever they come from, and others have theirs', () => {
    const protection = new Protection(asText, () => 0);
    expect(countUntilRefused(protection, olga, '192.0.2.1')).toBe(limits.apiRequestsAtOnceMax);
    expect(countUntilRefused(protection, { ...olga, by: 'session' }, '192.0.2.2')).toBe(0);
    expect(countUntilRefused(protection, { ...olga, name: 'paul' }, '192.0.2.1')).toBe(limits.apiRequestsAtOnceMax);
  });

  test('who has no name counts by address, and never as somebody who is called unnamed', () => {
    const protection = new Protection(asText, () => 0);
    expect(countUntilRefused(protection, nobody, '127.0.0.1')).toBe(limits.apiRequestsAtOnceMax);
    expect(countUntilRefused(protection, nobody, '127.0.0.2')).toBe(limits.apiRequestsAtOnceMax);
    expect(countUntilRefused(protection, { ...nobody, by: 'token' }, '127.0.0.1')).toBe(limits.apiRequestsAtOnceMax);
  });

  test('after tokens that are none an address is refused without a look, whichever of its addresses asks', async () => {
    let now = 0;
    const protection = new Protection(asText, () => now);
    let looks = 0;
    const look = (): Promise<Identity> => {
      looks += 1;
      return refuse();
    };
    const codes = new Map<string, number>();
    for (let index = 0; index < limits.apiFailuresAtOnceMax + 50; index++) {
      const shown = from(`2001:db8:1:2::${index.toString(16)}`, `Bearer ${index}`);
      await protection.identified(shown, look).catch((error: LedgerError) => codes.set(error.code, (codes.get(error.code) ?? 0) + 1));
    }
    expect([...codes]).toEqual([
      ['NotAuthenticated', limits.apiFailuresAtOnceMax],
      ['TooManyRequests', 50],
    ]);
    expect(looks).toBe(limits.apiFailuresAtOnceMax);
    // Of another network nobody is refused, and of this one nobody after a while.
    await expect(protection.identified(from('2001:db8:1:3::1', 'Bearer x'), async () => olga)).resolves.toBe(olga);
    now = 1_000 / limits.apiFailuresPerSecondMax;
    await expect(protection.identified(from('2001:db8:1:2::1', 'Bearer x'), async () => olga)).resolves.toBe(olga);
  });

  test('who was let in before is let in still, behind the same address, until the token is valid no more', async () => {
    const protection = new Protection(asText, () => 0);
    const good = from('192.0.2.1', 'Bearer good');
    await protection.identified(good, async () => olga);
    for (let index = 0; index < limits.apiFailuresAtOnceMax; index++)
      await protection.identified(from('192.0.2.1', `Bearer ${index}`), refuse).catch(() => undefined);
    await expect(protection.identified(from('192.0.2.1', 'Bearer new'), async () => olga)).rejects.toMatchObject({
      code: 'TooManyRequests',
    });
    await expect(protection.identified(good, async () => olga)).resolves.toBe(olga);
    await expect(protection.identified(good, refuse)).rejects.toMatchObject({ code: 'NotAuthenticated' });
    await expect(protection.identified(good, async () => olga)).rejects.toMatchObject({ code: 'TooManyRequests' });
  });

  test('who was let in before is let in still, also by several requests at once', async () => {
    const protection = new Protection(asText, () => 0);
    const good = from('192.0.2.1', 'Bearer good');
    await protection.identified(good, slowly);
    for (let index = 0; index < limits.apiFailuresAtOnceMax; index++)
      await protection.identified(from('192.0.2.1', `Bearer ${index}`), refuse).catch(() => undefined);
    const together = await Promise.allSettled(Array.from({ length: 6 }, () => protection.identified(good, slowly)));
    expect(together.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'fulfilled'));
  });

  test('decisions that were made are counted, those that were refused are not', async () => {
    const protection = new Protection(asText, () => 0);
    const asked = { method: 'POST', target: '/x', origin: 'http://127.0.0.1', pathParameters: {}, query: new URLSearchParams() };
    const request = { ...from('192.0.2.1'), ...asked };
    const whole = { ...request, body: new Uint8Array(), signal: new AbortController().signal };
    const decide = (status: number): Promise<number> =>
      protection.once(olga, whole, 'decisions', async () => ({ status, headers: {}, body: '' })).then((answer) => answer.status);
    for (let index = 0; index < 2 * limits.apiDecisionsAtOnceMax; index++) expect(await decide(404)).toBe(404);
    for (let index = 0; index < limits.apiDecisionsAtOnceMax; index++) expect(await decide(200)).toBe(200);
    await expect(decide(200)).rejects.toMatchObject({ code: 'TooManyRequests' });
    // What programs send is bounded as requests alone.
    await expect(protection.once(olga, whole, 'messages', async () => ({ status: 200, headers: {}, body: '' }))).resolves.toMatchObject({
      status: 200,
    });
  });
});

/** Threads that compute and do not come to an end by themselves. */
class HeldCompute {
  /** Of each question with jobs under way, its signal. */
  readonly begun: (AbortSignal | null)[] = [];

  over(compute: Compute): Compute {
    return {
      parallelism: compute.parallelism,
      close: () => compute.close(),
      run: (_name, _input, { signal = null } = {}) => {
        if (!this.begun.includes(signal)) this.begun.push(signal);
        return new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(new LedgerError('Interrupted', 'the job was ended')), { once: true }),
        );
      },
    };
  }

  async until(count: number): Promise<void> {
    while (this.begun.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('questions that compute', () => {
  const bench = new Workbench(scratchDirectory());
  const held = new HeldCompute();
  const tokens = new Map<string, string>();
  let served: ServedLedger;
  let run: string;
  beforeAll(async () => {
    run = await bench.produce('stocks');
    for (const name of ['anna', 'ben', 'carl', 'dora', 'eve']) tokens.set(name, await tokenOf(bench, name, 'viewer'));
    served = await ServedLedger.start(bench, [], { tools: (tools) => ({ ...tools, compute: held.over(tools.compute) }) });
  }, 120_000);
  afterAll(() => served.stop());

  const recompute = (name: string, leaving: AbortController): Promise<unknown> =>
    served
      .ask(`/v1/runs/${run}/recomputation`, { method: 'POST', body: '{}', token: tokens.get(name)!, signal: leaving.signal })
      .then(({ status, headers }) => [status, headers.get('retry-after')])
      .catch(() => 'left');

  test('are answered one at a time for each name and few together; whoever asks a little is answered at once', async () => {
    const askers = new Map<string, AbortController>();
    const ask = (name: string, key = name): Promise<unknown> => {
      const leaving = new AbortController();
      askers.set(key, leaving);
      return recompute(name, leaving);
    };
    const first = [ask('anna'), ask('ben')];
    await held.until(2);
    const more = Array.from({ length: limits.apiHeavyWaitingOfOneMax }, (_, index) => ask('anna', `anna ${index}`));
    // One more of the same name is refused, and says when to come back.
    await expect(Promise.race([...more, ask('anna', 'anna too')])).resolves.toEqual([429, '1']);
    expect(held.begun).toHaveLength(2);
    first.push(ask('carl'));
    await held.until(limits.apiHeavyAtOnceMax);
    const fourth = ask('dora');
    const started = performance.now();
    for (const name of ['anna', 'eve']) expect((await served.ask('/v1/status', { token: tokens.get(name)! })).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(held.begun).toHaveLength(limits.apiHeavyAtOnceMax);

    // Whoever leaves ends the work and makes room for the next: that of the same name first, as it came first.
    askers.get('anna')!.abort();
    expect(await first[0]).toBe('left');
    await held.until(4);
    expect(held.begun.map((signal) => signal?.aborted)).toEqual([true, false, false, false]);
    // Whoever leaves before the turn has come never has one.
    for (const [key, asker] of askers) if (key.startsWith('anna ')) asker.abort();
    await held.until(5);
    expect(held.begun).toHaveLength(5);
    for (const asker of askers.values()) asker.abort();
    expect(await Promise.all([...more, fourth])).toEqual(Array.from({ length: 5 }, () => 'left'));
  }, 120_000);
});
