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

function judged(profiles: ImportedEvidence['profiles'] = [supplied()], change: Partial<ImportedEvidence> = {}, rules = rulesInForce) {
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
  return judgeImported(evidence, rules);
}

const failure = (outcome: ImportedOutcome | undefined) =>
  outcome?.status === 'failed' ? [outcome.risk, outcome.error.code] : outcome?.status;
const reasons = (judgement: ReturnType<typeof judged>): string =>
  [judgement.grading.grade, ...judgement.grading.finding.reasons].join('\n');

const accepting = (...lines: object[]): ImportedEvidence['acceptMoves'] => acceptMovesOf('crypto', { 'data.accept_moves': lines });
const evidence = (judgement: ReturnType<typeof judged>, wanted: string) =>
  judgement.grading.finding.evidence.find(({ check }) => check === wanted);

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

  const percent = Float64Array.from(series.values, (value) => 10 * value);
  const halved = Float64Array.from(series.values, (value, row) => (row === 40 ? -0.5 : value));
  test.each([
    ['returns in another unit', percent, 'units: units_suspected: the returns of hrp look like percent? on an ordinary day it moves by'],
    ['a return like an unadjusted split', halved, 'unusual_moves: split_suspected: hrp moves -50 % on 2024-02-10 (ratio 0.5,'],
  ])('degrades for %s, with the remedy', (_what, values, words) => {
    const judgement = judged([supplied('hrp', { values })]);
    expect(judgement.grading.grade).toBe('DEGRADED');
    expect(reasons(judgement)).toContain(words);
    expect(reasons(judgement)).toContain('data.accept_moves with');
  });

  test.each([
    ['the risk profile', 'hrp'],
    ['the sleeve, for all of its returns', 'crypto'],
  ])('certifies what its own settings accept by %s', (_what, symbol) => {
    const why = 'three times leveraged';
    const judgement = judged([supplied('hrp', { values: percent })], { acceptMoves: accepting({ symbol, why }) });
    expect(judgement.accepted).toMatchObject([{ code: 'units_suspected', symbol: 'hrp', date: '2024-03-30', why }]);
    expect(evidence(judgement, 'units')).toMatchObject({ status: 'passed', detail: expect.stringContaining(`accepted: ${why}`) });
    const move = judged([supplied('hrp', { values: halved })], { acceptMoves: accepting({ symbol, date: '2024-02-10', why }) });
    expect(move.accepted).toMatchObject([{ code: 'split_suspected', value: 0.5, why }]);
  });

  test('says of lines that speak of nothing, or cannot be read, why they change nothing', () => {
    const values = halved;
    const wrongDay = judged([supplied('hrp', { values })], { acceptMoves: accepting({ symbol: 'hrp', date: '2024-02-11', why: 'x' }) });
    expect(evidence(wrongDay, 'accepted_moves')!.detail).toMatch(/a move of hrp on 2024-02-11, where nothing .* is hrp 2024-02-10$/);
    const unread = judged([supplied('hrp', { values })], { acceptMoves: accepting({ symbol: 'hrp', date: 'monday' }) });
    expect(evidence(unread, 'accepted_moves')!.detail).toMatch(/^data\.accept_moves at 0\./);
    expect([wrongDay.grading.grade, unread.grading.grade]).toEqual(['DEGRADED', 'DEGRADED']);
    // A line on a price speaks of what the source saw, not of its returns.
    const ofPrices = judged([supplied()], { acceptMoves: accepting({ symbol: 'NYSE:GE', date: '2021-08-02', why: 'x' }) });
    expect(evidence(ofPrices, 'accepted_moves')).toBeUndefined();
  });

  test('looked at nothing of the kind under rules 1', () => {
    const before = judged([supplied('hrp', { values: percent })], {}, 1);
    expect(before.grading.finding.evidence.map(({ check }) => check)).not.toContain('units');
  });
});
