/**
 * Evidence of a publication, from end to end. A bundle proved that weights had been computed, and left out that they were published, on
 * whose word, under which policy and in place of what; its report listed ten holdings and counted the rest.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { openLedger } from '../../../bin/open-ledger.ts';
import { type Answer, Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const bench = new Workbench(scratch, (manifest) => {
  manifest.profiles['pair']!['publication'] = { maker_checker: true, no_trade_band_two_sided: 0 };
});
const asOfs = ['2022-11-30', '2022-12-15', '2022-12-30'] as const;
const runs: string[] = [];

const answered = async (...argv: string[]): Promise<Answer['result']> => {
  const answer = await bench.json(argv);
  if (answer.error !== undefined) throw new Error(`${argv.join(' ')}: ${JSON.stringify(answer.error)}`);
  return answer.result;
};

/** The worker looks at the portfolio; what is held is its run. */
async function heldRun(): Promise<string> {
  const ledger = await openLedger({ store: bench.store, logLevel: 'silent', actor: 'worker' });
  await ledger.reallocate('pair');
  const { held } = (await ledger.status({ meta: 'pair' })).portfolios[0]!;
  await ledger.close();
  return held!.runId;
}

beforeAll(async () => {
  await bench.json(['manifest', 'apply']);
  await bench.json(['manifest', 'approve', 'pair/1', '--why', 'agreed', '--actor', 'cio']);
  for (const [index, last] of asOfs.entries()) {
    for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve, { last });
    runs.push(await heldRun());
    // The second one is turned down.
    if (index === 1) await answered('reject', 'latest', '--meta', 'pair', '--why', 'the prices of funds are wrong', '--actor', 'risk');
    else await answered('approve', 'latest', '--meta', 'pair', '--why', `looked at ${last}`, '--actor', 'cio');
  }
}, 60_000);

const published = async (asOf: string): Promise<unknown> => {
  const { runId, publication } = await answered('weights', '--meta', 'pair', '--published', '--as-of', asOf);
  return [runId, publication];
};
const timelineOf = async (...argv: string[]): Promise<unknown> => (await answered('timeline', ...argv))['runId'];

describe('publications', () => {
  test('are listed with who approved them and what each changed', async () => {
    const { publications } = (await answered('publications', '--meta', 'pair')) as {
      publications: { number: number; runId: string; weights: Record<string, number>; changes: Record<string, unknown> }[];
    };
    expect(publications).toMatchObject([
      { number: 1, runId: runs[0], asOf: asOfs[0], approval: { approver: 'cio', why: 'looked at 2022-11-30' }, changes: { against: null } },
      { number: 2, runId: runs[2], asOf: asOfs[2], approval: { approver: 'cio' }, changes: { against: 1, renewed: ['funds', 'stocks'] } },
    ]);
    // Oracle: the weights themselves, subtracted here.
    const [first, second] = publications;
    const changes = second!.changes['assets'] as { name: string; before: number; after: number; change: number }[];
    expect(changes.length).toBeGreaterThan(0);
    for (const { name, before, after, change } of changes) {
      expect({ before, after }).toEqual({ before: first!.weights[name] ?? 0, after: second!.weights[name] ?? 0 });
      expect(change).toBe(after - before);
    }
    const shown = await bench.run(['publications', '--meta', 'pair']);
    expect(shown.stdout).toContain('cio (claimed): looked at 2022-11-30');
    expect(shown.stdout).toContain('Publication 2 against 1:');
  });

  test('of a portfolio that nobody defined are refused', async () => {
    expect(await bench.json(['publications', '--meta', 'nobody'])).toMatchObject({ exit: 66, error: { code: 'PortfolioUndefined' } });
  });

  test('in force on a date are what weights --published answers, also between two of them', async () => {
    expect(await published(asOfs[0])).toEqual([runs[0], 1]);
    expect(await published('2022-12-29')).toEqual([runs[0], 1]);
    expect(await published(asOfs[2])).toEqual([runs[2], 2]);
    expect(await bench.json(['weights', '--meta', 'pair', '--published', '--as-of', '2022-11-29'])).toMatchObject({
      error: { code: 'NothingPublished' },
    });
  });
});

describe('a run by a word', () => {
  test('is the one recorded last, the one before it, or the one in force, of the portfolio that is named', async () => {
    expect(await timelineOf('latest', '--meta', 'pair')).toBe(runs[2]);
    expect(await timelineOf('previous', '--meta', 'pair')).toBe(runs[1]);
    expect(await timelineOf('published', '--meta', 'pair')).toBe(runs[2]);
    expect(await timelineOf('published', '--meta', 'pair', '--as-of', '2022-12-16')).toBe(runs[0]);
    expect(await timelineOf('latest', '--meta', 'pair', '--as-of', '2022-12-16')).toBe(runs[1]);
    expect(await timelineOf('latest', '--sleeve', 'stocks')).toMatch(/^stocks-2022-12-30-/);
  });

  test('needs no name where one only can be meant, and is refused with the candidates where several can', async () => {
    expect(await timelineOf('published')).toBe(runs[2]);
    expect((await answered('report', 'latest', '-o', bench.path('reports')))['runId']).toBe(runs[2]);
    const ambiguous = await bench.json(['timeline', 'latest']);
    expect(ambiguous).toMatchObject({ exit: 2, error: { code: 'RunAmbiguous' } });
    expect(ambiguous.error!.message).toBe('latest could be a run of each of these: --meta pair, --sleeve funds, --sleeve stocks');
    expect(await bench.json(['timeline', runs[0]!, '--meta', 'pair'])).toMatchObject({ exit: 2, error: { code: 'Usage' } });
    expect(await bench.json(['timeline', 'published', '--sleeve', 'stocks'])).toMatchObject({ exit: 2, error: { code: 'Usage' } });
    expect(await bench.json(['timeline', 'latest', '--meta', 'whole'])).toMatchObject({ error: { code: 'NothingRecorded' } });
  });

  test('is known to every verb that takes a run, and to the library', async () => {
    const calls: readonly string[][] = [
      ['report', 'published', '-o', bench.path('published-reports')],
      ['export', 'weights', 'latest', '--meta', 'pair', '--risk', 'hrp', '-o', bench.path('weights.csv')],
      ['export', 'returns', 'latest', '--sleeve', 'funds', '--risk', 'hrp', '-o', bench.path('returns.csv')],
      ['replay', 'latest', '--meta', 'pair'],
      ['counterfactual', 'latest', '--meta', 'pair', '--set', 'meta_allocation.max_weight=0.9'],
      ['diff', 'previous', 'published', '--meta', 'pair'],
      ['diff', runs[0]!, 'latest', '--meta', 'pair'],
      ['audit', 'export', '--run', 'published', '-o', bench.path('audit.jsonl')],
      ['audit', 'bundle', 'published', '-o', bench.path('bundle.zip')],
      ['produce', 'latest', '--sleeve', 'stocks', '-o', bench.path('message.json')],
      ['approve', 'published', '--why', 'again', '--actor', 'cio'],
    ];
    for (const argv of calls) expect([argv, (await bench.json(argv)).error]).toEqual([argv, undefined]);
    const ledger = await openLedger({ store: bench.store, logLevel: 'silent' });
    expect((await ledger.timeline({ runId: 'previous', meta: 'pair' })).runId).toBe(runs[1]);
    expect((await ledger.diff('published', runs[0]!)).before.runId).toBe(runs[2]);
    expect((await ledger.replay({ runId: 'latest', meta: 'pair' })).identical).toBe(1);
    await ledger.close();
  });
});

describe('what changed since a date', () => {
  test('compares the publication of then with the one in force', async () => {
    const { before, after, by } = await answered('diff', '--since', '2022-12-20', '--meta', 'pair');
    expect({ before, after, by }).toMatchObject({ before: { runId: runs[0] }, after: { runId: runs[2] }, by: 'published' });
    expect(await bench.json(['diff', '--since', '2022-11-01', '--meta', 'pair'])).toMatchObject({ error: { code: 'NothingRecorded' } });
    expect(await bench.json(['diff', runs[0]!, '--since', '2022-12-20'])).toMatchObject({ exit: 2, error: { code: 'Usage' } });
  });
});

interface Line {
  readonly type: string;
  readonly data: Record<string, unknown>;
}
const linesIn = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

describe('the evidence of a published run', () => {
  let files: Record<string, Uint8Array>;
  const text = (path: string): string => new TextDecoder().decode(files[path]);
  beforeAll(async () => {
    await answered('audit', 'bundle', runs[2]!, '-o', bench.path('published.zip'));
    files = unzipSync(readFileSync(bench.path('published.zip')));
  });

  test('holds the publication, its approval, the hold, the definition with its policy, and the publication before', () => {
    const decided = linesIn(text('audit.jsonl')).filter(({ type }) => /^(?:Allocation|Rebalance|MetaPortfolio)/.test(type));
    expect(decided.map(({ type, data }) => [type, data['runId'] ?? data['number']])).toEqual([
      ['MetaPortfolioDefined', 1],
      ['AllocationPublished', runs[0]],
      ['RebalanceHeld', runs[2]],
      ['RebalanceApproved', runs[2]],
      ['AllocationPublished', runs[2]],
    ]);
  });

  test('is the same in an export, and of a rejected run has who turned it down and why', async () => {
    await answered('audit', 'export', '--run', runs[2]!, '-o', bench.path('run.jsonl'));
    const typesOf = (log: string): string[] => linesIn(log).map(({ type }) => type);
    expect(typesOf(readFileSync(bench.path('run.jsonl'), 'utf8'))).toEqual(typesOf(text('audit.jsonl')));
    await answered('audit', 'export', '--run', runs[1]!, '-o', bench.path('rejected.jsonl'));
    expect(
      linesIn(readFileSync(bench.path('rejected.jsonl'), 'utf8')).find(({ type }) => type === 'RebalanceRejected')!.data,
    ).toMatchObject({
      who: 'risk',
      why: 'the prices of funds are wrong',
    });
  });

  test('has a report with the publication and every holding with its contributors', async () => {
    const report = text('report.md');
    for (const part of ['## Publication', 'by cio (claimed), proposed by worker: looked at 2022-12-30', 'maker_checker', runs[0]!])
      expect(report).toContain(part);
    const { assets } = (await answered('weights', '--meta', 'pair', '--published')) as { assets: { symbol: string }[] };
    expect(report).toContain(`All ${assets.length} assets`);
    for (const { symbol } of assets) expect(report).toContain(`\`${symbol}\``);
  });

  test('stands in the timeline as well', async () => {
    const { publication, decisions } = (await answered('timeline', runs[2]!)) as {
      publication: Record<string, unknown>;
      decisions: { type: string }[];
    };
    expect(decisions.map(({ type }) => type)).toEqual(['RebalanceHeld', 'RebalanceApproved', 'AllocationPublished']);
    expect(publication).toMatchObject({
      published: { number: 2, runId: runs[2] },
      approval: { proposer: 'worker', approver: 'cio', why: 'looked at 2022-12-30' },
      policy: { definition: 1, policy: { maker_checker: true } },
      predecessor: { number: 1, runId: runs[0] },
    });
    expect((await bench.run(['timeline', runs[1]!])).stdout).toContain('by risk (claimed): the prices of funds are wrong');
  });

  test('verifies as it is, recomputes in an empty folder without a ledger, and neither once an artifact is exchanged', async () => {
    const elsewhere = new Workbench(scratch);
    const zip = elsewhere.write('evidence.zip', readFileSync(bench.path('published.zip')));
    const key = elsewhere.write('key.txt', files['verifier-key.txt']!);
    expect(await elsewhere.json(['audit', 'verify', zip, '--vkey', key, '--complete'])).toMatchObject({
      exit: 0,
      result: { faults: [], keyFrom: 'flag', declaration: { trust: 'key' } },
    });
    expect(await elsewhere.json(['audit', 'verify', zip, '--vkey', readFileSync(key, 'utf8').trim()])).toMatchObject({ exit: 0 });
    const replayed = await elsewhere.json(['replay', '--bundle', zip]);
    expect(replayed).toMatchObject({ exit: 0, result: { checked: 3, identical: 3, different: [] } });
    expect(await elsewhere.events()).toEqual([]);
    const damaged = Buffer.from(readFileSync(zip));
    damaged[damaged.length - 200]! ^= 1;
    expect(await elsewhere.json(['replay', '--bundle', elsewhere.write('damaged.zip', damaged)])).toMatchObject({ exit: 1 });
    expect(await elsewhere.json(['replay', '--bundle', zip, '--all'])).toMatchObject({ exit: 2, error: { code: 'Usage' } });
  });
});
