import { expect, test } from '@jest/globals';
import { type Contribution, inputFilesIn, lineageOf, type LineageStep } from '../../../web/src/parts/lineage.ts';

const contribution: Contribution = {
  path: ['etfs'],
  sleeve: 'etfs',
  runId: 'etfs-2024-07-12-5c883c41931962a1',
  atom: 'AMEX:SPY',
  sleeveWeight: 0.4295,
  assetWeight: 0.1894,
  amount: 0.0813473,
  bounds: [{ portfolio: [], id: 'etfs', lower: 0.05, upper: 0.5, raw: 0.4005, bounded: 0.4295 }],
};

const linksOf = (steps: readonly LineageStep[], head: string): (string | undefined)[] =>
  steps.find((step) => step.head === head)!.lines.map(({ href }) => href);

test('an asset is followed to its sleeve run, selection, scan and input files, each by a link', () => {
  const steps = lineageOf(
    'AMEX:SPY',
    {
      ...contribution,
      letIn: {
        scope: 'live',
        mode: 'v4',
        asOf: '2024-07-12',
        direction: 'LONG',
        stage: 1,
        cluster: 'c1',
        score: 0.5,
        place: 3,
        won: 12,
        candidates: 40,
        isWalkover: false,
        isQuotaWaived: false,
      },
      foundBy: [{ scanner: 'funds/liquid', asOf: '2024-07-11', rank: 3, selected: 20, passes: null, verdict: 'complete' }],
    },
    [{ role: 'prices', name: 'etfs.csv', artifact: 'ab12' }],
  );
  expect(steps.map(({ head }) => head)).toEqual(['Asset', 'Portfolio', 'Sleeve run', 'Selection', 'Scan', 'Input files']);
  expect(linksOf(steps, 'Sleeve run')[0]).toBe('/runs/etfs-2024-07-12-5c883c41931962a1');
  expect(linksOf(steps, 'Selection')).toEqual(['/selections/etfs-2024-07-12-5c883c41931962a1']);
  expect(linksOf(steps, 'Scan')).toEqual(['/scans/funds%2Fliquid?on=2024-07-11']);
  expect(linksOf(steps, 'Input files')).toEqual(['/v1/artifacts/ab12', '/ledger/sleeveRun-etfs-2024-07-12-5c883c41931962a1%400']);
});

test('a step that there was not, says so without a link; a bound that acts is told', () => {
  const steps = lineageOf('AMEX:SPY', contribution, null);
  expect([...linksOf(steps, 'Selection'), ...linksOf(steps, 'Scan')]).toEqual([undefined, undefined]);
  expect(steps[1]!.lines[1]!.text).toMatch(/a bound acts$/);
  const exported = { scanner: 's', asOf: '2024-07-11', rank: 1, selected: 2, passes: null, verdict: 'partial', file: 's.json' } as const;
  // A file may name a scan that was never recorded here: there is no page to go to.
  expect(linksOf(lineageOf('AMEX:SPY', { ...contribution, foundBy: [exported] }, null), 'Scan')).toEqual([undefined]);
});

test('inputs are a table of prices, a document, or what an older event does not say', () => {
  const inputs = [
    { role: 'prices', name: 'a.csv', table: { sha256: 'aa' } },
    { role: 'manifest', name: 'm.json', document: { sha256: 'bb' } },
    {},
  ];
  expect(inputFilesIn({ inputs })).toEqual([
    { role: 'prices', name: 'a.csv', artifact: 'aa' },
    { role: 'manifest', name: 'm.json', artifact: 'bb' },
    { role: 'file', name: 'without a name', artifact: null },
  ]);
  expect(inputFilesIn({})).toEqual([]);
});
