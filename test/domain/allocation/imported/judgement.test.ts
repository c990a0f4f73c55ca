import { describe, expect, test } from '@jest/globals';
import { acceptMovesOf } from '../../../../domain/allocation/imported/stream-suspicions.ts';
import { rulesInForce } from '../../../../domain/run/rules.ts';
import {
  type ImportedEvidence,
  type ImportedOutcome,
  importedRisks,
  judgeImported,
  type SuppliedProfile,
} from '../../../../domain/allocation/imported/judgement.ts';
import { dailyReturns } from '../../../support/imported-run.ts';

const coins = [
  { symbol: 'BINANCE:BTCUSDT', weight: 0.6 },
  { symbol: 'BINANCE:ETHUSDT', weight: -0.4 },
];
const series = dailyReturns(1, 90, '2024-01-01');

function supplied(
  risk: SuppliedProfile['stream']['risk'] = 'hrp',
  change: { values?: Float64Array; weights?: typeof coins | null; grossSum?: number } = {},
): SuppliedProfile {
  const { values = Float64Array.from(series.values), weights = coins, grossSum = 1 } = change;
  return {
    stream: { risk, path: `data/returns/${risk}.csv`, engine: null, simulator: null, series: { dates: series.dates, values } },
    portfolio: weights === null ? null : { path: 'data/portfolio_flattened.json', weights, grossSum },
  };
}

function judged(profiles: ImportedEvidence['profiles'] = [supplied()], change: Partial<ImportedEvidence> = {}) {
  const evidence: ImportedEvidence = {
    asOf: series.dates.at(-1)!,
    profiles,
    greatestPositions: null,
    reportedIntegrity: null,
    signTest: { status: 'passed', detail: '3 pairs' },
    sourceChain: 'verified',
    sourceChainDetail: 'audit.jsonl: 9 lines chained',
    acceptMoves: acceptMovesOf('crypto', {}),
    shown: (path) => `/runs/one/${path}`,
    ...change,
  };
  return judgeImported(evidence, rulesInForce);
}

const failure = (outcome: ImportedOutcome | undefined) =>
  outcome?.status === 'failed' ? [outcome.risk, outcome.error.code] : outcome?.status;
const reasons = (judgement: ReturnType<typeof judged>): string =>
  [judgement.grading.grade, ...judgement.grading.finding.reasons].join('\n');

describe('the judgement of a run that somebody else computed', () => {
  test('measures each stream by the calendars of what is held, and certifies a whole run', () => {
    const { calendars, profiles, grading } = judged();
    expect([calendars, grading.grade]).toEqual([['XCRY'], 'CERTIFIED']);
    expect(profiles[0]).toMatchObject({ status: 'imported', problems: [], metrics: { rows: 90, annualisationDays: 365 } });
  });

  test('fails a stream that loses everything by name, and takes the others over', () => {
    const ruined = supplied('min_variance', { values: Float64Array.from(series.values, (value, row) => (row === 40 ? -1 : value)) });
    const judgement = judged([ruined, supplied()]);
    expect(failure(judgement.profiles[0])).toEqual(['min_variance', 'Bankruptcy']);
    expect(importedRisks(judgement.profiles)).toEqual(['hrp']);
    expect(reasons(judgement)).toMatch(/^DEGRADED\nprofile_min_variance: failed, 0 out-of-sample rows, without weights, /);
  });

  test('fails every profile of a run without any portfolio: its calendar is not known', () => {
    const judgement = judged([supplied('hrp', { weights: null }), supplied('risk_parity', { weights: null })]);
    expect(judgement.profiles.map(failure)).toEqual([
      ['hrp', 'PortfolioMissing'],
      ['risk_parity', 'PortfolioMissing'],
    ]);
    expect(judgement.grading.grade).toBe('INELIGIBLE');
  });

  test.each([
    [
      'gross weights that are not the whole',
      [supplied('hrp', { grossSum: 0.9 })],
      {},
      'the gross weights in data/portfolio_flattened.json sum to 0.9',
    ],
    ['returns that end before the run', [supplied()], { asOf: '2024-04-30' }, 'its returns end on 2024-03-30, the run on 2024-04-30'],
    [
      'a list of the greatest positions alone',
      [supplied(), supplied('barbell', { weights: null })],
      { greatestPositions: 'tournament_results.json' },
      'incomplete portfolio: tournament_results.json lists',
    ],
    [
      'returns on a day on which nothing held trades',
      [supplied('hrp', { weights: [{ symbol: 'NYSE:KO', weight: 1 }] })],
      {},
      'on days on which nothing held trades (XNYS), the first data/returns/hrp.csv 2024-01-01',
    ],
    [
      'a chain that is not there',
      [supplied()],
      { sourceChain: 'absent', sourceChainDetail: 'the run has no audit.jsonl' },
      'source_chain: the run has no audit.jsonl',
    ],
  ] as const)('degrades for %s', (_what, profiles, change, words) => {
    const judgement = judged(profiles, change);
    expect(judgement.grading.grade).toBe('DEGRADED');
    expect(reasons(judgement)).toContain(words);
  });

  test('believes the source that its own audit failed', () => {
    const judgement = judged([supplied()], { reportedIntegrity: { system: 'desk', status: 'failed', detail: '3 errors' } });
    expect(reasons(judgement)).toMatch(/^INELIGIBLE\nintegrity: desk tells: failed \(3 errors\); seen here: 1 streams with 90 /);
  });

  test('believes a passed audit only together with what the streams show', () => {
    const reported = { system: 'desk', status: 'passed', detail: '' } as const;
    expect(judged([supplied()], { reportedIntegrity: reported }).grading.grade).toBe('CERTIFIED');
    const unseen = judged([supplied('hrp', { weights: [{ symbol: 'NYSE:KO', weight: 1 }] })], { reportedIntegrity: reported });
    expect(reasons(unseen)).toMatch(/^DEGRADED\nintegrity: desk tells: passed; seen here: /);
  });

  test('reports an absent profile where it would have stood', () => {
    const absent = { status: 'absent', risk: 'risk_parity', reason: 'no return file' } as const;
    const judgement = judged([supplied(), absent]);
    expect(judgement.profiles.map(({ status }) => status)).toEqual(['imported', 'absent']);
    expect(judgement.profiles[1]).toBe(absent);
    expect(judgement.grading.grade).toBe('DEGRADED');
  });

  test('names the place of a symbol whose exchange has no calendar, as the user finds it', () => {
    expect(() => judged([supplied('hrp', { weights: [{ symbol: 'NOWHERE:X', weight: 1 }] })])).toThrow(
      expect.objectContaining({ code: 'ExchangeUnknown', at: { file: '/runs/one/data/portfolio_flattened.json', path: 'NOWHERE:X' } }),
    );
  });
});
