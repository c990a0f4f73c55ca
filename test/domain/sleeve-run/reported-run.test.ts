/** Runs by message as facts, whole: how they open, what became of each profile, and the words of the grade. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { readDocument } from '../../../domain/documents/documents.ts';
import { addDays } from '../../../domain/returns/days.ts';
import { computeMetrics } from '../../../domain/returns/metrics.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { sleeveRunId } from '../../../domain/run/run-names.ts';
import { canonicalBytes } from '../../../domain/shared/canonical-json.ts';
import type { ComputedSleeveRun } from '../../../domain/sleeve-run/computed-run.ts';
import {
  computeReportedRun,
  identifyReportedRun,
  type ReportedProfiles,
  type ReportedRun,
} from '../../../domain/sleeve-run/reported-run.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hexOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const dates = Array.from({ length: 40 }, (_, day) => addDays('2024-01-01', day));
const series = { dates, values: Float64Array.from(dates, (_, day) => 0.01 * Math.sin(day)) };
const asOf = dates.at(-1)!;

const reported: ReportedRun = {
  sleeve: 'coins',
  profile: 'coins_plain',
  asOf,
  correction: 2,
  currency: 'USD',
  currencyTreatment: 'hedged',
  definition: { 'backtest.train_window': 60, 'backtest.profiles': ['barbell', 'hrp', 'erc', 'max_sharpe'] },
  selectionMode: 'none',
  integrity: { status: 'passed', detail: '0 errors' },
  signTest: { status: 'not_applicable', detail: 'no shorts' },
  origin: { system: 'desk', runId: 'd1', ledgerId: 'l1', runHash: 'h1', eligibility: 'CERTIFIED' },
  profiles: [{ risk: 'hrp' }],
};

const weights = [
  { symbol: 'BINANCE:BTCUSDT', weight: 0.75 },
  { symbol: 'BINANCE:ETHUSDT', weight: 0.25 },
];
const profiles: ReportedProfiles = {
  supplied: [
    {
      stream: { risk: 'hrp', path: 'profiles[0].returns', engine: null, simulator: 'desk', series },
      portfolio: { path: 'profiles[0].weights', weights, grossSum: 1 },
    },
    { stream: { risk: 'max_sharpe', path: 'profiles[1].returns', engine: 'e', simulator: null, series }, portfolio: null },
  ],
  references: [{ name: 'hrp.csv', risk: 'hrp', bytes: new TextEncoder().encode('date,return\n') }],
};

function computed(change: Partial<ReportedRun> = {}, rules = rulesInForce, given = profiles): ComputedSleeveRun {
  const run = { ...reported, ...change };
  return computeReportedRun(run, given, rules, sha256, identifyReportedRun(run, sha256));
}

const gradeOf = ({ drafts }: ComputedSleeveRun) => drafts.at(-1)!.data as { readonly reasons: string[]; readonly evidence: object[] };

describe('a run by message', () => {
  const run = computed();
  const payload = canonicalBytes(reported);
  const [opened, hrp, maxSharpe, barbell, ...rest] = run.drafts;

  test('is named by the canonical form of its message, whatever the order of its members', () => {
    const named = { sleeve: 'coins', profile: 'coins_plain', asOf, correction: 2 };
    const payloadHash = hexOf(payload);
    expect(run.names).toEqual([{ runId: sleeveRunId(sha256, { ...named, payloadHash }), payloadHash }]);
    const reordered = Object.fromEntries(Object.entries(reported).toReversed()) as unknown as ReportedRun;
    expect(identifyReportedRun(reordered, sha256).names).toEqual(run.names);
    const { profile: _, ...unnamed } = reported;
    expect(identifyReportedRun(unnamed, sha256)).toMatchObject({ sleeve: 'coins', profile: 'coins', correction: 2 });
  });

  test('opens with its settings, its origin and all that it read', () => {
    const { definition } = opened!.data as { readonly definition: { readonly sha256: string } };
    expect(opened).toEqual({
      type: 'SleeveRunOpened',
      schemaVersion: opened!.schemaVersion,
      data: {
        runId: run.runId,
        sleeve: 'coins',
        profile: 'coins_plain',
        asOf,
        correction: 2,
        source: 'message',
        temporalId: null,
        rules: rulesInForce,
        definition,
        currency: 'USD',
        currencyTreatment: 'hedged',
        options: { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} },
        inputs: [
          {
            role: 'result',
            name: 'data',
            risk: null,
            document: { kind: 'document', sha256: hexOf(payload), bytes: payload.length, mediaType: 'application/json' },
          },
          {
            role: 'returns',
            name: 'hrp.csv',
            risk: 'hrp',
            document: { kind: 'document', sha256: hexOf(profiles.references[0]!.bytes), bytes: 12, mediaType: 'text/csv' },
          },
        ],
      },
    });
    const stored: unknown = JSON.parse(new TextDecoder().decode(run.staged.get(definition.sha256)));
    expect(readDocument('told-definition', stored)).toEqual({
      profile: 'coins_plain',
      leaves: reported.definition,
      selectionMode: 'none',
      origin: reported.origin,
    });
  });

  test('tells each profile, one without weights as well, and those that its settings list and it does not bring', () => {
    const metrics = computeMetrics(series, 365);
    const outOfSample = { rows: 40, first: dates[0], last: asOf, totalReturn: metrics.total, metrics };
    expect([hrp, maxSharpe, barbell].map((draft) => [draft!.type, draft!.data])).toEqual([
      [
        'SleeveProfileImported',
        {
          risk: 'hrp',
          weights,
          weightsFrom: 'profiles[0].weights',
          weightsSum: 1,
          returnsFrom: 'profiles[0].returns',
          stream: { engine: null, simulator: 'desk' },
          outOfSample: {
            ...outOfSample,
            returns: expect.objectContaining({ kind: 'table', rows: 40, columns: ['return'], calendars: ['XCRY'] }),
          },
        },
      ],
      [
        'SleeveProfileImported',
        {
          risk: 'max_sharpe',
          weights: null,
          weightsFrom: null,
          weightsSum: null,
          returnsFrom: 'profiles[1].returns',
          stream: { engine: 'e', simulator: null },
          outOfSample: { ...outOfSample, returns: expect.objectContaining({ kind: 'table' }) },
        },
      ],
      ['SleeveProfileAbsent', { risk: 'barbell', reason: 'the settings list barbell, the message does not bring it' }],
    ]);
    expect(rest.map(({ type }) => type)).toEqual(['SleeveRunDegraded']);
    expect(run.acceptance).toEqual({
      ...run.names[0],
      sleeve: 'coins',
      profile: 'coins_plain',
      asOf,
      correction: 2,
      eligibility: 'DEGRADED',
      risks: ['hrp', 'max_sharpe'],
    });
  });

  test('is graded by what its sender tells and what is seen here, word for word', () => {
    const { reasons, evidence } = gradeOf(run);
    expect(reasons).toEqual([
      'source_chain: told by desk, not followed: run d1 of ledger l1, last event h1, graded CERTIFIED there',
      'profile_max_sharpe: native, 40 out-of-sample rows, without weights',
      'profile_barbell: absent, 0 out-of-sample rows, without weights',
    ]);
    expect(evidence).toContainEqual({ check: 'sign_test', status: 'not_applicable', detail: 'desk tells: no shorts' });
    expect(evidence[0]).toEqual({
      check: 'integrity',
      status: 'passed',
      detail: expect.stringMatching(/^desk tells: passed \(0 errors\); seen here: /),
    });
  });

  test.each([
    [{ runId: null, ledgerId: null, runHash: null, eligibility: null }, 'no run id, graded not at all there'],
    [
      { runId: 'd1', ledgerId: 'l1', runHash: null, eligibility: 'DEGRADED' as const },
      'run d1 of ledger l1, last event not told, graded DEGRADED there',
    ],
  ])('of the origin %p is a claim in words', (change, words) => {
    const { reasons } = gradeOf(computed({ origin: { ...reported.origin, ...change } }));
    expect(reasons[0]).toBe(`source_chain: told by desk, not followed: ${words}`);
  });

  test('lacks no profile where its settings list none', () => {
    for (const listed of [undefined, 'hrp,barbell', []]) {
      const definition = listed === undefined ? {} : { 'backtest.profiles': listed };
      expect(computed({ definition }).drafts.map(({ type }) => type)).not.toContain('SleeveProfileAbsent');
    }
  });

  test('has the temporal id of its settings where these state all its parts', () => {
    const parts = {
      'backtest.train_window': 60,
      'backtest.test_window': 20,
      'backtest.step_size': 20,
      'backtest.rebalance_mode': 'window',
      'data.lookback_days': 500,
    };
    const { drafts, staged } = computed({ definition: parts });
    const { temporalId, definition } = drafts[0]!.data as { temporalId: string | null; definition: { sha256: string } };
    expect(temporalId).toMatch(/\S/);
    const stored: unknown = JSON.parse(new TextDecoder().decode(staged.get(definition.sha256)));
    expect(Object.values(readDocument('told-definition', stored).leaves)).toContain(temporalId);
  });

  test('is not computed under rules that nobody knows', () => {
    expect(() => computed({}, 999)).toThrow(expect.objectContaining({ code: 'RulesUnknown' }));
  });
});
