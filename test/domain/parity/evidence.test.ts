import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { agreementBy, agreementOf, agreementText } from '../../../domain/parity/counts.ts';
import { checkParity, type ParitySleeve } from '../../../domain/parity/parity.ts';
import { parityPolicy, requiredEvidence } from '../../../domain/parity/policy.ts';
import { parityVerdictSchema } from '../../../domain/parity/schema.ts';
import { applyWaivers } from '../../../domain/parity/waiver.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { parityEvidence } from '../../support/parity-evidence.ts';

type Leaves = Readonly<Record<string, Json>>;
const policy = parityPolicy({ mandate: 'warn', exceptions: [] });
const sleeve = (id: string, leaves: Leaves): ParitySleeve => ({ id, calendarClass: 'tradfi', leaves });
const compared = (...all: readonly Leaves[]) => checkParity({ sleeves: all.map((leaves, index) => sleeve(`s${index}`, leaves)), policy });
const pick = (paths: readonly string[]): Leaves => Object.fromEntries(paths.map((path) => [path, parityEvidence[path]!]));
const waiver = (paths: readonly string[]) => ({ waiverId: 'w', who: 'ann', why: 'known', paths, until: '2025-01-31' });
const without = (...paths: readonly string[]): Leaves =>
  Object.fromEntries(Object.entries(parityEvidence).filter(([path]) => !paths.includes(path)));

describe('parity without evidence', () => {
  // Once "CONFORMANT, 100 % of 1 leaves".
  test('of two runs that share one arbitrary leaf is UNKNOWN, names what is missing, and rejects', () => {
    const verdict = compared({ 'backtest.whatever': 1 }, { 'backtest.whatever': 1 });
    expect(verdict).toMatchObject({ verdict: 'UNKNOWN', rejects: true });
    expect(verdict.missing).toEqual(requiredEvidence.map(({ path }) => ({ path, sleeves: ['s0', 's1'] })));
    expect(verdict.rejectedPaths).toEqual(requiredEvidence.map(({ path }) => path));
    expect(parityVerdictSchema.parse(verdict)).toEqual(verdict);
    expect(agreementText(agreementOf(verdict.counts.all))).toBe('1 of 1 leaf');
  });

  test.each(requiredEvidence.map(({ path, anyOf }) => [path, anyOf] as const))('%s must stand in every sleeve', (path, anyOf) => {
    expect(compared(parityEvidence, without(...anyOf))).toMatchObject({ verdict: 'UNKNOWN', missing: [{ path, sleeves: ['s1'] }] });
    expect(compared(without(...anyOf), without(...anyOf))).toMatchObject({
      verdict: 'UNKNOWN',
      missing: [{ path, sleeves: ['s0', 's1'] }],
    });
  });

  test('is no matter where all of it is there', () => {
    expect(compared(parityEvidence, parityEvidence)).toMatchObject({ verdict: 'CONFORMANT', rejects: false, missing: [] });
  });

  test('takes the selection mode from either block or from the run, and the simulator from the list of simulators', () => {
    const elsewhere = { ...without('features.selection_mode', 'backtest.backtest_simulator'), 'selection.selection_mode': 'none' };
    const listed = { ...elsewhere, 'backtest.backtest_simulators': ['custom'] };
    expect(compared(listed, listed).missing).toEqual([]);
    const told = { ...sleeve('a', without('features.selection_mode')), selectionMode: 'none' };
    expect(checkParity({ sleeves: [told, { ...told, id: 'b' }], policy }).missing).toEqual([]);
  });

  test('is not conformant where a difference was seen beside it', () => {
    const verdict = compared(without('backtest.step_size'), { ...parityEvidence, 'backtest.test_window': 5 });
    expect(verdict.verdict).toBe('NON_CONFORMANT');
    expect(verdict.rejectedPaths).toEqual(['backtest.step_size', 'backtest.test_window']);
  });

  test('is UNKNOWN where the temporal id lacks only because one of its parts does', () => {
    const verdict = compared({ ...parityEvidence, temporal_id: 'one' }, without('backtest.step_size'));
    expect(verdict).toMatchObject({ verdict: 'UNKNOWN', rejectedPaths: ['backtest.step_size', 'temporal_id'] });
  });

  test('goes on under waivers of every path that is missing, and of no fewer', () => {
    const verdict = compared({ 'backtest.x': 1 }, { 'backtest.x': 1 });
    const all = requiredEvidence.map(({ path }) => path);
    expect(applyWaivers(verdict, [waiver(all)], '2025-01-31').outcome).toBe('waived');
    expect(applyWaivers(verdict, [waiver(all.slice(1))], '2025-01-31')).toMatchObject({ outcome: 'rejected', uncovered: [all[0]] });
  });

  test('was judged by nobody under rules 1', () => {
    const leaves = { 'backtest.whatever': 1 };
    const before = parityPolicy({ mandate: 'warn', exceptions: [] }, 1);
    expect(before).toMatchObject({ version: 1, required: [] });
    expect(checkParity({ sleeves: [sleeve('a', leaves), sleeve('b', leaves)], policy: before })).toMatchObject({
      verdict: 'CONFORMANT',
      missing: [],
    });
  });

  test('never conforms, whatever else the sleeves agree on', () => {
    const some = fc.subarray(Object.keys(parityEvidence), { maxLength: Object.keys(parityEvidence).length - 1 });
    fc.assert(
      fc.property(
        some,
        some,
        fc.dictionary(fc.constantFrom('backtest.a', 'features.b', 'selection.c'), fc.integer()),
        (left, right, more) => {
          const { verdict, rejects } = compared({ ...pick(left), ...more }, { ...pick(right), ...more });
          expect([verdict, rejects]).toEqual(['UNKNOWN', true]);
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each(['888ce6b', 'f51fe6b', 'b992493', 'HEAD'])('is missing from none of the real manifests: %s', (name) => {
    const { profiles } = JSON.parse(readFileSync(new URL(`../../golden/parity/${name}.json`, import.meta.url), 'utf8')) as {
      profiles: Record<string, Leaves>;
    };
    expect(checkParity({ sleeves: Object.entries(profiles).map(([id, leaves]) => sleeve(id, leaves)), policy }).missing).toEqual([]);
  });
});

describe('the overlap in words', () => {
  test.each([
    [{ agreeing: 0, leaves: 0 }, 'nothing compared'],
    [{ agreeing: 1, leaves: 1 }, '1 of 1 leaf'],
    [{ agreeing: 7, leaves: 7 }, '7 of 7 leaves'],
    [{ agreeing: 8, leaves: 8 }, '8 of 8 leaves (100.0 %)'],
    [{ agreeing: 1999, leaves: 2000 }, '1999 of 2000 leaves (99.9 %)'],
  ])('of %j is %s', (agreement, text) => {
    expect(agreementText(agreement)).toBe(text);
  });

  test('is counted by block', () => {
    const verdict = compared(parityEvidence, { ...parityEvidence, 'backtest.step_size': 5 });
    expect(agreementBy(verdict, 'block')).toEqual([
      ['backtest', { agreeing: 5, leaves: 6 }],
      ['data', { agreeing: 1, leaves: 1 }],
      ['features', { agreeing: 1, leaves: 1 }],
    ]);
  });
});
