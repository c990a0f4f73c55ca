/** Runs of a directory as facts: how they are named, and how they open. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { ImportedEvidence } from '../../../domain/allocation/imported/judgement.ts';
import { readDocument } from '../../../domain/documents/documents.ts';
import { addDays } from '../../../domain/returns/days.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { sleeveRunId } from '../../../domain/run/run-names.ts';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { nothingAsked } from '../../../domain/shared/csv-reading.ts';
import { computeImport, identifyImport, type ImportedRun } from '../../../domain/sleeve-run/imported-run.ts';
import { evidenceIn } from '../../../domain/sleeve-run/recorded.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hexOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function stream(risk: 'hrp' | 'barbell' | 'max_sharpe', days: number) {
  const dates = Array.from({ length: days }, (_, day) => addDays('2024-01-01', day));
  const series = { dates, values: Float64Array.from(dates, (_, day) => 0.01 * Math.sin(day)) };
  return { risk, path: `${risk}.csv`, engine: null, simulator: null, series };
}

const bytes = new TextEncoder().encode('{}');
const settings = {
  profile: 'coins_plain',
  currency: 'USD',
  currencyTreatment: null,
  temporalId: 't1',
  leaves: { 'backtest.train_window': 60, newer: 1 },
  leavesOfVersion1: { 'backtest.train_window': 60 },
};
const run: ImportedRun = {
  sleeve: 'coins',
  profile: 'coins_plain',
  correction: 1,
  map: { engine: 'custom' },
  csv: null,
  settings,
  files: [{ role: 'manifest', name: 'manifest.json', risk: null, bytes, mediaType: 'application/json' }],
  leftAside: ['notes.txt'],
  streams: [stream('barbell', 45), stream('hrp', 40)],
};
const manifest = { kind: 'document', sha256: hexOf('{}'), bytes: 2, mediaType: 'application/json' } as const;

/** The text that names a run, written out. */
function payloadOf(change: object = {}): string {
  return hexOf(
    canonicalJson({
      definition: { kind: 'imported', profile: 'coins_plain', leaves: settings.leavesOfVersion1, leftAside: ['notes.txt'] },
      currency: 'USD',
      currencyTreatment: null,
      map: { engine: 'custom' },
      inputs: [['manifest', 'manifest.json', manifest.sha256]],
      ...change,
    }),
  );
}

const asOf = (streams: ImportedRun['streams']): string => identifyImport({ ...run, streams }, sha256).asOf;

describe('the name of an imported run', () => {
  test('rests on its files and what its manifest states, and on nothing of this program', () => {
    const payloadHash = payloadOf();
    const { names, ...identified } = identifyImport(run, sha256);
    const named = { sleeve: 'coins', profile: 'coins_plain', asOf: '2024-02-09', correction: 1 };
    expect(names).toEqual([{ runId: sleeveRunId(sha256, { ...named, payloadHash }), payloadHash }]);
    expect(identified).toMatchObject({ ...named, inputs: [{ role: 'manifest', name: 'manifest.json', risk: null, document: manifest }] });
  });

  test('rests on how CSV is read where that was said', () => {
    const csv = { ...nothingAsked, delimiter: ';' } as const;
    expect(identifyImport({ ...run, csv }, sha256).names[0].payloadHash).toBe(payloadOf({ csv }));
  });

  test('has the last date of hrp, or without it the last of any profile', () => {
    expect(asOf([stream('max_sharpe', 50), stream('hrp', 40)])).toBe('2024-02-09');
    expect(asOf([stream('barbell', 31), stream('max_sharpe', 50), stream('barbell', 45)])).toBe('2024-02-19');
  });
});

describe('an imported run', () => {
  const evidence: Omit<ImportedEvidence, 'asOf' | 'acceptMoves'> = {
    profiles: [
      {
        stream: run.streams[1]!,
        portfolio: { path: 'hrp.json', weights: [{ symbol: 'BINANCE:BTCUSDT', weight: 1 }], grossSum: 1 },
      },
      { status: 'absent', risk: 'barbell', reason: 'no file' },
    ],
    greatestPositions: null,
    reportedIntegrity: null,
    signTest: { status: 'passed', detail: '2 pairs' },
    sourceChain: 'verified',
    sourceChainDetail: 'a chain of 3 events',
    shown: (path) => path,
  };
  const computed = computeImport(run, evidence, rulesInForce, identifyImport(run, sha256));

  test('opens with what its manifest says and how its names were read', () => {
    const [opened] = computed.drafts;
    const { definition } = opened!.data as { readonly definition: { readonly sha256: string } };
    expect([opened!.type, opened!.data]).toEqual([
      'SleeveRunOpened',
      {
        runId: computed.runId,
        sleeve: 'coins',
        profile: 'coins_plain',
        asOf: '2024-02-09',
        correction: 1,
        source: 'import',
        temporalId: 't1',
        rules: rulesInForce,
        definition,
        currency: 'USD',
        currencyTreatment: null,
        options: { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: { engine: 'custom' } },
        inputs: [{ role: 'manifest', name: 'manifest.json', risk: null, document: manifest }],
      },
    ]);
    const stored: unknown = JSON.parse(new TextDecoder().decode(computed.staged.get(definition.sha256)));
    expect(readDocument('imported-definition', stored)).toEqual({
      profile: 'coins_plain',
      leaves: settings.leaves,
      leftAside: ['notes.txt'],
    });
  });

  test('is graded by the evidence that it brings, and accepted with the profiles that it has', () => {
    expect(computed.drafts.map(({ type }) => type)).toEqual([
      'SleeveRunOpened',
      'SleeveProfileImported',
      'SleeveProfileAbsent',
      'SleeveRunDegraded',
    ]);
    expect(computed).toMatchObject({
      grade: 'DEGRADED',
      reasons: ['profile_barbell: absent, 0 out-of-sample rows, without weights'],
      acceptance: { sleeve: 'coins', correction: 1, eligibility: 'DEGRADED', risks: ['hrp'] },
    });
    expect(evidenceIn(computed.drafts)).toContainEqual({ check: 'source_chain', status: 'passed', detail: 'a chain of 3 events' });
  });

  test('that is ineligible is not accepted, and its evidence is read all the same', () => {
    const failed = computeImport(
      run,
      { ...evidence, signTest: { status: 'failed', detail: 'a sign' } },
      rulesInForce,
      identifyImport(run, sha256),
    );
    expect(failed).toMatchObject({ grade: 'INELIGIBLE', reasons: ['sign_test: a sign'], acceptance: null });
    expect(evidenceIn(failed.drafts)).toContainEqual({ check: 'sign_test', status: 'failed', detail: 'a sign' });
    expect(() => evidenceIn(failed.drafts.slice(0, -1))).toThrow('a sleeve run without a grade');
  });

  test('is accepted with the moves that its own settings accept, told beside its profiles', () => {
    const values = run.streams[1]!.series.values.with(20, -0.75);
    const moved = { ...run.streams[1]!, series: { ...run.streams[1]!.series, values } };
    const lines = [{ symbol: 'hrp', date: '2024-01-21', why: 'a real fall' }];
    const leaves = { ...settings.leaves, 'data.accept_moves': lines };
    const profiles = [{ stream: moved, portfolio: { path: 'hrp.json', weights: [{ symbol: 'BINANCE:BTCUSDT', weight: 1 }], grossSum: 1 } }];
    const accepting = { ...run, settings: { ...settings, leaves } };
    const { drafts } = computeImport(accepting, { ...evidence, profiles }, rulesInForce, identifyImport(accepting, sha256));
    expect([drafts[1]!.type, drafts[1]!.data]).toEqual([
      'MovesAccepted',
      { moves: [{ code: 'split_suspected', symbol: 'hrp', date: '2024-01-21', value: 0.25, why: 'a real fall' }] },
    ]);
    expect(drafts.at(-1)!.type).toBe('SleeveRunCertified');
  });
});
