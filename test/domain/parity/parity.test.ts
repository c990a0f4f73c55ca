import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { temporalId, temporalParametersOf } from '../../../domain/manifest/temporal-id.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { checkParity, type ParitySleeve } from '../../../domain/parity/parity.ts';
import { parityLeaves } from '../../../domain/parity/leaves.ts';
import { parityPolicy } from '../../../domain/parity/policy.ts';
import { type ParityException, parityVerdictSchema } from '../../../domain/parity/schema.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';

interface History {
  readonly expected: { leaves: number; equal: number; excepted: number; wrongException: number; violatedOrAbsentInSome: number };
  readonly profiles: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

const golden = (name: string): History =>
  JSON.parse(readFileSync(new URL(`../../golden/parity/${name}.json`, import.meta.url), 'utf8')) as History;
const sleevesOf = ({ profiles }: History): ParitySleeve[] =>
  Object.entries(profiles).map(([id, leaves]) => ({ id, leaves, calendarClass: id.startsWith('crypto') ? 'crypto' : 'tradfi' }));
/** Rules 1 required no evidence: few leaves suffice to look at one of them. What rules 2 require: evidence.test.ts. */
const policy = parityPolicy({ mandate: 'warn', exceptions: [] }, 1);
const histories = ['888ce6b', 'f51fe6b', 'b992493', 'HEAD'];
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

const base: Readonly<Record<string, Json>> = { 'backtest.train_window': 60, 'features.entropy_max_threshold': 0.95, 'selection.top_n': 3 };
const tradfi = (id: string, leaves: Readonly<Record<string, Json>> = {}): ParitySleeve => ({
  id,
  calendarClass: 'tradfi',
  leaves: { ...base, ...leaves },
});
const crypto = (id: string, leaves: Readonly<Record<string, Json>> = {}): ParitySleeve => ({
  id,
  calendarClass: 'crypto',
  leaves: { ...base, ...leaves },
});
const statusOf = (sleeves: readonly ParitySleeve[], path: string, exceptions: readonly ParityException[] = []) =>
  checkParity({ sleeves, policy: parityPolicy({ mandate: 'warn', exceptions }, 1) }).leaves.find((leaf) => leaf.path === path);
const statusOfPair = (left: Json, right: Json) =>
  statusOf([tradfi('a', { 'backtest.x': left }), tradfi('b', { 'backtest.x': right })], 'backtest.x')?.status;
const withCryptoWindow = (window: number): ParitySleeve[] => [
  tradfi('a', { temporal_id: 'one' }),
  crypto('c', { temporal_id: 'two', 'backtest.train_window': window }),
];

describe('parity of four real manifests', () => {
  test.each(histories)('%s has the counts that were computed apart from this code', (name) => {
    const history = golden(name);
    const { counts } = checkParity({ sleeves: sleevesOf(history), policy });
    const { leaves, equal, excepted, wrongException, violated, absentInSome } = counts.blocks;
    expect({ leaves, equal, excepted, wrongException, violatedOrAbsentInSome: violated + absentInSome }).toEqual(history.expected);
  });

  test('only the day on which all profiles inherited every default conformed', () => {
    const verdicts = histories.map((name) => checkParity({ sleeves: sleevesOf(golden(name)), policy }).verdict);
    expect(verdicts).toEqual(['CONFORMANT', 'NON_CONFORMANT', 'NON_CONFORMANT', 'NON_CONFORMANT']);
  });

  test('at the head of the history 9 of 18 features, 3 of 5 selection and 9 of 10 backtest leaves differ', () => {
    const { leaves } = checkParity({ sleeves: sleevesOf(golden('HEAD')), policy });
    const differing = (block: string): string => {
      const own = leaves.filter((leaf) => leaf.block === block && leaf.status !== 'absent_everywhere');
      return `${own.filter(({ status }) => status !== 'equal').length}/${own.length}`;
    };
    expect(['features', 'selection', 'backtest'].map(differing)).toEqual(['9/18', '3/5', '9/10']);
  });

  test('overlap is the share of equal and excepted leaves, by block', () => {
    const { overlap } = checkParity({ sleeves: sleevesOf(golden('HEAD')), policy });
    expect(overlap.byBlock['selection']).toBeCloseTo(2 / 5, 15);
    expect(overlap.byBlock['features']).toBeCloseTo((9 + 2) / 18, 15);
    expect(overlap.byBlock['backtest']).toBeCloseTo((1 + 2) / 10, 15);
  });

  test('the two TradFi sleeves at the head differ in top_n, test_window and step_size only', () => {
    const sleeves = sleevesOf(golden('HEAD')).filter(({ id }) => id !== 'crypto_production');
    expect(checkParity({ sleeves, policy }).rejectedPaths).toEqual(['backtest.step_size', 'backtest.test_window', 'selection.top_n']);
  });

  test('a benchmark other than the documented one is a wrong exception, and so is a wrong value on the other side', () => {
    const benchmark = statusOf(sleevesOf(golden('HEAD')), 'backtest.benchmark_symbols');
    const entropy = statusOf(sleevesOf(golden('f51fe6b')), 'features.entropy_max_threshold');
    expect([benchmark, entropy]).toMatchObject([
      { status: 'violated', wrongException: true, exceptionRef: 4 },
      { status: 'violated', wrongException: true, exceptionRef: 0 },
    ]);
  });

  test('a leaf that the specification names and nobody has is reported, and counts for nothing', () => {
    const verdict = checkParity({ sleeves: sleevesOf(golden('HEAD')), policy });
    const absent = verdict.leaves.filter(({ status }) => status === 'absent_everywhere').map(({ path }) => path);
    expect(absent).toEqual(['features.feat_selection_logmps']);
    expect(verdict.counts.absentEverywhere).toBe(1);
    expect(verdict.rejectedPaths).not.toContain('features.feat_selection_logmps');
  });

  test('the version that the specification describes meets its windows and not its selection counts', () => {
    const { mandated } = checkParity({ sleeves: sleevesOf(golden('b992493')), policy });
    const status = Object.fromEntries(mandated.map((finding) => [finding.path, finding.status]));
    expect(status).toMatchObject({
      'backtest.train_window': 'met',
      selection_mode: 'met',
      'features.entropy_max_threshold': 'excepted',
      'backtest.benchmark_symbols': 'deviates',
    });
  });
});

describe('statuses', () => {
  test('a sleeve takes an exception by its value, and by nothing else', () => {
    const allowed = statusOf([tradfi('a'), crypto('c', { 'features.entropy_max_threshold': 0.999 })], 'features.entropy_max_threshold');
    const other = statusOf([tradfi('a'), crypto('c', { 'features.entropy_max_threshold': 0.998 })], 'features.entropy_max_threshold');
    const inTradfi = statusOf([tradfi('a', { 'features.entropy_max_threshold': 0.999 }), tradfi('b')], 'features.entropy_max_threshold');
    expect([allowed?.status, other?.status, inTradfi?.status]).toEqual(['excepted', 'violated', 'violated']);
    expect([allowed?.wrongException, other?.wrongException, inTradfi?.wrongException]).toEqual([false, true, false]);
  });

  test('two TradFi sleeves that differ are a plain violation though a crypto sleeve takes its exception rightly', () => {
    const path = 'features.entropy_max_threshold';
    const leaf = statusOf([tradfi('a'), tradfi('b', { [path]: 0.9 }), crypto('c', { [path]: 0.999 })], path);
    expect(leaf).toMatchObject({ status: 'violated', wrongException: false });
  });

  test('of two crypto sleeves one may take the exception and the other stay with the rest', () => {
    const path = 'features.entropy_max_threshold';
    expect(statusOf([tradfi('a'), crypto('c', { [path]: 0.999 }), crypto('d')], path)?.status).toBe('excepted');
  });

  test('a leaf that some sleeves lack is absent in some, and rejects', () => {
    const verdict = checkParity({ sleeves: [tradfi('a'), tradfi('b', { 'features.feat_x': true })], policy });
    expect(verdict.rejectedPaths).toEqual(['features.feat_x']);
    expect(verdict.leaves.find(({ path }) => path === 'features.feat_x')).toMatchObject({ status: 'absent_in_some', values: { b: true } });
  });

  test('an exception of the portfolio speaks for one sleeve', () => {
    const exception: ParityException = { sleeve: 'b', path: 'selection.top_n', value: 5, rationale: 'small universe' };
    expect(statusOf([tradfi('a'), tradfi('b', { 'selection.top_n': 5 })], 'selection.top_n', [exception])).toMatchObject({
      status: 'excepted',
      exceptionRef: 5,
    });
    expect(statusOf([tradfi('a', { 'selection.top_n': 5 }), tradfi('b')], 'selection.top_n', [exception])?.status).toBe('violated');
  });

  test('an exception without a reference value needs the others to agree, whatever they have', () => {
    const exception: ParityException = { sleeve: 'c', path: 'selection.top_n', value: 5, rationale: 'small universe' };
    const of = (a: number, b: number) =>
      statusOf(
        [tradfi('a', { 'selection.top_n': a }), tradfi('b', { 'selection.top_n': b }), tradfi('c', { 'selection.top_n': 5 })],
        'selection.top_n',
        [exception],
      )?.status;
    expect([of(7, 7), of(7, 8)]).toEqual(['excepted', 'violated']);
  });

  test('lists are compared in order, objects by content', () => {
    expect([statusOfPair(['p', 'q'], ['q', 'p']), statusOfPair({ p: 1, q: 2 }, { q: 2, p: 1 }), statusOfPair('1', 1)]).toEqual([
      'violated',
      'equal',
      'violated',
    ]);
  });

  test('the temporal id is excepted when every part of it that differs is', () => {
    const exception: ParityException = { calendar: 'crypto', path: 'backtest.train_window', value: 90, rationale: 'longer weeks' };
    expect([
      statusOf(withCryptoWindow(90), 'temporal_id', [exception])?.status,
      statusOf(withCryptoWindow(91), 'temporal_id', [exception])?.status,
    ]).toEqual(['excepted', 'violated']);
  });

  test('a temporal id that differs without a part that differs is a violation', () => {
    expect(statusOf([tradfi('a', { temporal_id: 'one' }), tradfi('b', { temporal_id: 'two' })], 'temporal_id')?.status).toBe('violated');
  });

  test('lookback_days is compared, other data and risk leaves are not', () => {
    const verdict = checkParity({
      sleeves: [
        tradfi('a', { 'data.lookback_days': 500, 'data.min_days_floor': 1, 'risk.ridge': 1 }),
        tradfi('b', { 'data.lookback_days': 400 }),
      ],
      policy,
    });
    expect(verdict.rejectedPaths).toEqual(['data.lookback_days']);
    expect(verdict.counts.blocks.leaves).toBe(3);
    expect(verdict.counts.all.leaves).toBe(4);
  });
});

describe('verdict', () => {
  test.each([
    ['no sleeves', []],
    [
      'sleeves without leaves',
      [
        { ...tradfi('a'), leaves: {} },
        { ...tradfi('b'), leaves: {} },
      ],
    ],
  ])('%s is not a pass', (_, sleeves) => {
    const verdict = checkParity({ sleeves, policy });
    expect(verdict).toMatchObject({ verdict: 'NON_CONFORMANT', rejects: true, overlap: { all: null } });
  });

  test('a deviation from the mandated values rejects only when enforced', () => {
    const sleeves = [tradfi('a', { 'backtest.train_window': 252 }), tradfi('b', { 'backtest.train_window': 252 })];
    const warned = checkParity({ sleeves, policy });
    const enforced = checkParity({ sleeves, policy: parityPolicy({ mandate: 'enforce', exceptions: [] }, 1) });
    expect(warned).toMatchObject({ verdict: 'CONFORMANT', rejects: false, rejectedPaths: [] });
    expect(enforced).toMatchObject({ verdict: 'CONFORMANT', rejects: true });
    expect(enforced.rejectedPaths).toContain('mandate:backtest.train_window');
    expect(enforced.rejectedPaths).not.toContain('mandate:features.entropy_max_threshold');
  });

  test('conformant by exceptions is distinguished', () => {
    const verdict = checkParity({ sleeves: [tradfi('a'), crypto('c', { 'features.entropy_max_threshold': 0.999 })], policy });
    expect(verdict).toMatchObject({ verdict: 'CONFORMANT_WITH_EXCEPTIONS', rejects: false, overlap: { all: 1 } });
  });

  test('the same whatever the order of sleeves and leaves, and plain JSON of the recorded shape', () => {
    const value = fc.oneof(fc.constantFrom<Json>(0.95, 0.999, 60, true, ['a'], null));
    const path = fc.constantFrom(
      'features.entropy_max_threshold',
      'selection.top_n',
      'backtest.train_window',
      'temporal_id',
      'data.lookback_days',
    );
    const sleeve = fc.record({ calendarClass: fc.constantFrom('crypto' as const, 'tradfi' as const), leaves: fc.dictionary(path, value) });
    fc.assert(
      fc.property(fc.array(sleeve, { maxLength: 5 }), fc.infiniteStream(fc.nat()), (bodies, keys) => {
        const sleeves = bodies.map((body, index) => ({ id: `s${index}`, ...body }));
        const shuffled = sleeves
          .map((one) => ({
            key: keys.next().value as number,
            one: { ...one, leaves: Object.fromEntries(Object.entries(one.leaves).toReversed()) },
          }))
          .toSorted((left, right) => left.key - right.key)
          .map(({ one }) => one);
        const verdict = checkParity({ sleeves, policy });
        expect(checkParity({ sleeves: shuffled, policy })).toEqual(verdict);
        expect(parityVerdictSchema.parse(JSON.parse(JSON.stringify(verdict)))).toEqual(verdict);
        const { leaves, equal, excepted, wrongException, violated, absentInSome } = verdict.counts.all;
        expect(equal + excepted + wrongException + violated + absentInSome).toBe(leaves);
      }),
    );
  });
});

describe('leaves of our own manifests', () => {
  const manifest = parseManifest(readFileSync(new URL('../../golden/manifest/v1.4.json', import.meta.url), 'utf8'));
  const sleeve = (id: string, calendarClass: 'crypto' | 'tradfi'): ParitySleeve => {
    const resolved = resolveProfile(manifest, id);
    return {
      id,
      calendarClass,
      leaves: parityLeaves(resolved, temporalId(sha256, temporalParametersOf(resolved.blocks))),
      selectionMode: resolved.selectionMode.value,
    };
  };

  test('two resolved TradFi sleeves of the real manifest differ in these leaves and no others', () => {
    const verdict = checkParity({ sleeves: [sleeve('production', 'tradfi'), sleeve('institutional_etf', 'tradfi')], policy });
    expect(verdict.rejectedPaths).toEqual(['backtest.step_size', 'backtest.test_window', 'selection.top_n', 'temporal_id']);
    expect(verdict.mandated.find(({ path }) => path === 'selection_mode')).toMatchObject({ status: 'met' });
  });

  test('selection_mode is compared as written, before it is redirected', () => {
    const resolved = resolveProfile(parseManifest('{"profiles":{"p":{"selection":{"selection_mode":"v4"}}}}'), 'p');
    expect(parityLeaves(resolved, 'id')).toMatchObject({
      'selection.selection_mode': 'v4',
      'features.selection_mode': 'none',
      temporal_id: 'id',
    });
    expect(resolved.blocks.features.selection_mode).toBe('v4');
  });
});

describe('an exception from the mandated values', () => {
  const mandated = 'backtest.train_window';
  const sleeves = [tradfi('a', { [mandated]: 252 }), crypto('c', { [mandated]: 252 })];
  const findingOf = (exceptions: readonly ParityException[]) =>
    checkParity({ sleeves, policy: parityPolicy({ mandate: 'enforce', exceptions }, 1) }).mandated.find(({ path }) => path === mandated);
  const tail = { path: mandated, value: 252, rationale: 'a test' };
  const ofCrypto = { calendar: 'crypto', ...tail } as const;
  const ofA = { sleeve: 'a', ...tail };

  test('speaks for its own path, its own sleeves and its own value, and for nothing else', () => {
    expect(findingOf([])).toMatchObject({ status: 'deviates', deviating: ['a', 'c'] });
    expect(findingOf([ofCrypto, ofA])).toMatchObject({ status: 'excepted', deviating: [] });
    expect(findingOf([ofCrypto])).toMatchObject({ status: 'deviates', deviating: ['a'] });
    expect(findingOf([ofA])).toMatchObject({ status: 'deviates', deviating: ['c'] });
    expect(findingOf([{ ...ofCrypto, path: 'backtest.test_window' }])).toMatchObject({ status: 'deviates', deviating: ['a', 'c'] });
    expect(findingOf([{ ...ofA, value: 251 }])).toMatchObject({ status: 'deviates', deviating: ['a', 'c'] });
  });
});
