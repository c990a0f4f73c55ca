/** Events and artifacts by what they are called, a rejection and a dry run, as the command line has them. */
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openLedger } from '../../../bin/open-ledger.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const bench = new Workbench(scratch, (manifest) => {
  manifest.profiles['pair']!['publication'] = { maker_checker: true };
});
let heldRun = '';

interface Listed {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
  readonly data: Record<string, unknown>;
}
const listed = async (...flags: string[]): Promise<{ readonly events: readonly Listed[]; readonly next: string | null }> => {
  const answer = await bench.json(['ledger', 'events', ...flags]);
  expect(answer.error).toBeUndefined();
  return answer.result as unknown as { readonly events: readonly Listed[]; readonly next: string | null };
};

beforeAll(async () => {
  await bench.json(['manifest', 'apply']);
  await bench.json(['manifest', 'approve', 'pair/1', '--why', 'agreed', '--actor', 'cio']);
  for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve);
  const ledger = await openLedger({ store: bench.store, logLevel: 'silent', actor: 'worker' });
  await ledger.reallocate('pair');
  heldRun = (await ledger.status({ meta: 'pair' })).portfolios[0]!.held!.runId;
  await ledger.close();
});

describe('ledger events', () => {
  test('lists every event in ledger order, page by page', async () => {
    const first = await listed('--limit', '5');
    expect(first.events.map(({ stream, revision }) => [stream, revision])[0]).toEqual(['ledger', 0]);
    const second = await listed('--after', first.next!, '--limit', '1000');
    expect([...first.events, ...second.events].map(({ id }) => id)).toEqual((await bench.events()).map(({ id }) => id));
    expect(second.next).toBeNull();
  });

  test('keeps to a stream, or to types', async () => {
    const { events } = await listed('--stream', 'metaPortfolio-pair');
    expect(events.map(({ type }) => type)).toEqual(['DefinitionProposed', 'DefinitionApproved', 'MetaPortfolioDefined', 'RebalanceHeld']);
    expect((await listed('--types', 'RebalanceHeld')).events).toEqual([events[3]]);
  });

  test('keeps to a stream behind any position and up to any other, page by page', async () => {
    const all = (await listed('--limit', '1000')).events;
    const own = all.filter(({ stream }) => stream === 'sleeve-stocks' || stream === 'metaPortfolio-pair');
    for (const [behind, until] of own.flatMap(({ position }) => all.map((other) => [position, other.position] as const))) {
      const wanted = own.filter(({ position }) => Number(position) > Number(behind) && Number(position) <= Number(until));
      for (const stream of ['sleeve-stocks', 'metaPortfolio-pair']) {
        const flags = ['--stream', stream, '--after', behind, '--known-at', until];
        const ids = wanted.filter((event) => event.stream === stream).map(({ id }) => id);
        const first = await listed(...flags, '--limit', '1');
        const rest = first.next === null ? [] : (await listed(...flags, '--after', first.next)).events;
        expect([...first.events, ...rest].map(({ id }) => id)).toEqual(ids);
      }
    }
  });

  test('shows one by its id or its place, with its data', async () => {
    const [event] = (await listed('--types', 'RebalanceHeld')).events;
    expect((await bench.json(['ledger', 'events', event!.id])).result).toEqual(event);
    expect((await bench.json(['ledger', 'events', `${event!.stream}@${event!.revision}`])).result).toEqual(event);
    const { stdout } = await bench.run(['ledger', 'events', event!.id]);
    expect(stdout).toContain('RebalanceHeld, metaPortfolio-pair@3');
    expect(stdout).toContain(heldRun);
  });

  test.each([
    ['an id that is not there', ['no-such-id'], 66, 'EventUnknown'],
    ['an id and a flag', ['ledger@0', '--stream', 'ledger'], 2, 'Usage'],
    ['a type that is none', ['--types', 'Nothing'], 2, 'Usage'],
    ['a position that is none', ['--after', 'yesterday'], 2, 'Usage'],
    ['a page of nothing', ['--limit', '0'], 2, 'Usage'],
  ])('refuses %s', async (_, flags, exit, code) => {
    expect(await bench.json(['ledger', 'events', ...flags])).toMatchObject({ exit, error: { code } });
  });

  test('records nothing', async () => {
    const before = (await bench.events()).length;
    await listed();
    expect((await bench.events()).length).toBe(before);
  });
});

/** Of the definition of the portfolio. */
async function definitionSha256(): Promise<string> {
  const [defined] = (await listed('--types', 'MetaPortfolioDefined', '--stream', 'metaPortfolio-pair')).events;
  return (defined!.data['definition'] as { sha256: string }).sha256;
}

describe('ledger artifact', () => {
  test('prints a document, and writes it to a file as it is stored', async () => {
    const sha256 = await definitionSha256();
    const { result } = await bench.json(['ledger', 'artifact', sha256]);
    expect(JSON.parse(result['text'] as string)).toMatchObject({ kind: 'meta-portfolio' });
    const file = bench.path('definition.json');
    expect((await bench.json(['ledger', 'artifact', sha256, '-o', file])).result).toMatchObject({ sha256, file, text: null });
    expect(readFileSync(file, 'utf8')).toBe(result['text']);
    expect(await bench.run(['ledger', 'artifact', sha256, '-o', '-'])).toMatchObject({
      stdout: result['text'],
      stderr: expect.stringContaining('Wrote -:'),
    });
  });

  test('that is not stored, or no hash, is refused', async () => {
    const file = bench.path('nothing.json');
    expect(await bench.json(['ledger', 'artifact', '0'.repeat(64), '-o', file])).toMatchObject({
      exit: 66,
      error: { code: 'ArtifactUnknown' },
    });
    expect(await bench.json(['ledger', 'artifact', 'x'])).toMatchObject({ exit: 2, error: { code: 'Usage' } });
    expect(existsSync(file)).toBe(false);
  });
});

describe('manifest apply --dry-run', () => {
  test('says what would change, and records nothing', async () => {
    const other = new Workbench(scratch);
    await other.json(['manifest', 'apply']);
    const before = (await other.events()).length;
    other.writeManifest((manifest) => {
      manifest.profiles['pair']!['publication'] = { maker_checker: true };
      manifest.profiles['stocks']!['expected_by'] = { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' };
    });
    const { exit, result } = await other.json(['manifest', 'apply', '--dry-run']);
    expect(exit).toBe(0);
    expect(result).toMatchObject({ dryRun: true, already: false });
    const portfolios = result['portfolios'] as { name: string }[];
    expect(portfolios.find(({ name }) => name === 'pair')).toEqual({
      name: 'pair',
      number: 2,
      change: 'changed',
      changes: ['policy.maker_checker'],
      needsApproval: true,
    });
    expect((result['sleeves'] as { name: string }[]).find(({ name }) => name === 'stocks')).toEqual({
      name: 'stocks',
      number: 2,
      change: 'changed',
      changes: ['expected_by'],
    });
    expect((await other.run(['manifest', 'apply', '--dry-run'])).stdout).toContain('Nothing was recorded.');
    expect((await other.events()).length).toBe(before);
    const applied = (await other.json(['manifest', 'apply'])).result;
    const numbers = (applied['portfolios'] as { name: string; number: number; proposal?: string }[]).map(({ name, number, proposal }) => [
      name,
      proposal === undefined ? number : number + 1,
    ]);
    expect(numbers).toEqual(portfolios.map(({ name, number }: { name: string; number?: number }) => [name, number]));
    expect((await other.json(['manifest', 'apply', '--dry-run'])).result).toMatchObject({ already: true });
  });

  test('makes no ledger where there is none', async () => {
    const other = new Workbench(scratch);
    expect(await other.json(['manifest', 'apply', '--dry-run'])).toMatchObject({ exit: 66, error: { code: 'LedgerMissing' } });
    expect(existsSync(other.store)).toBe(false);
  });
});

// Last: it closes what the tests above look at.
describe('reject', () => {
  test('turns down what is held; anybody may, and again it is answered with what was recorded', async () => {
    expect(await bench.json(['reject', heldRun, '--why', 'wrong prices', '--actor', 'worker'])).toMatchObject({
      exit: 0,
      result: { meta: 'pair', runId: heldRun, already: false, why: 'wrong prices' },
    });
    expect(await bench.json(['reject', heldRun, '--why', 'again'])).toMatchObject({
      exit: 0,
      result: { already: true, why: 'wrong prices' },
    });
    expect(await bench.json(['approve', heldRun, '--why', 'seen'])).toMatchObject({ exit: 66, error: { code: 'NothingHeld' } });
    expect((await bench.run(['status', '--meta', 'pair'])).stdout).toContain('rejected by worker: wrong prices');
    expect((await listed('--types', 'RebalanceRejected')).events.map(({ data }) => data['who'])).toEqual(['worker']);
  });

  test('of a run that nobody recorded is refused, and makes no ledger', async () => {
    expect(await bench.json(['reject', 'no-such-run', '--why', 'x'])).toMatchObject({ exit: 66, error: { code: 'RunUnknown' } });
    const other = new Workbench(scratch);
    expect(await other.json(['reject', heldRun, '--why', 'x'])).toMatchObject({ exit: 66, error: { code: 'LedgerMissing' } });
    expect(existsSync(other.store)).toBe(false);
  });
});
