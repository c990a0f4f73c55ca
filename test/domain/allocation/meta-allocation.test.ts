/** From inputs to a result, without a ledger, an event or a hash. */
import { describe, expect, test } from '@jest/globals';
import {
  allocateMeta,
  isAllocated,
  type MetaAllocation,
  type ProfileAllocation,
  type ProfileFailure,
} from '../../../domain/allocation/meta-allocation.ts';
import { defaultOptions, optionsOf } from '../../../domain/allocation/meta-options.ts';
import { comparedAllocation, levelsOf, sleeveShares } from '../../../domain/allocation/shares.ts';
import type { MetaNode } from '../../../domain/manifest/resolved-meta-schema.ts';
import { parityOf } from '../../../domain/parity/comparison.ts';
import type { MetaRunOptions } from '../../../domain/run/meta-run-options.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { type SyntheticRun, nestedPortfolio, runsOf } from '../../support/delivered-runs.ts';
import { parityEvidence } from '../../support/parity-evidence.ts';

interface Case {
  readonly rules?: number;
  readonly node?: MetaNode;
  readonly runs?: Readonly<Record<string, SyntheticRun>>;
  readonly options?: Partial<MetaRunOptions>;
}

function allocate(
  { node = nestedPortfolio(), runs = {}, options = {}, rules = rulesInForce }: Case = {},
  advance?: (risk: string) => void,
): MetaAllocation {
  const leaves = runsOf(node, runs);
  const asked = { ...optionsOf(node, { ...defaultOptions, risks: ['hrp', 'risk_parity'] }), ...options };
  return allocateMeta({ node, leaves, options: asked, rules }, parityOf({ node, leaves, waivers: [], rules, asOf: '2024-06-17' }), advance);
}

function allocated(result: MetaAllocation, risk: string): ProfileAllocation {
  const found = result.profiles.find((profile) => profile.risk === risk);
  if (found === undefined || !isAllocated(found)) throw new Error(`${risk} was not allocated`);
  return found;
}

function failed(result: MetaAllocation, risk: string): ProfileFailure {
  const found = result.profiles.find((profile) => profile.risk === risk);
  if (found === undefined || isAllocated(found)) throw new Error(`${risk} did not fail`);
  return found;
}

const nativeSolves = ({ acceptance }: ProfileAllocation) => acceptance.find(({ check }) => check === 'native_solves');

describe('the allocation of a nested portfolio', () => {
  test('is a tree: what the portfolio came to, and below it what those inside it came to', () => {
    const { root } = allocated(allocate(), 'hrp');
    expect([root.meta, root.path, root.join.matrix.columns]).toEqual(['whole', [], ['listed', 'stocks']]);
    expect(root.below.map(({ meta, path, join }) => [meta, path, join.matrix.columns])).toEqual([
      ['listed', ['listed'], ['coins', 'funds']],
    ]);
  });

  test('has a profile for each that was asked for, in that order, and reports which it begins', () => {
    const begun: string[] = [];
    expect(allocate({}, (risk) => begun.push(risk)).profiles.map(({ risk }) => risk)).toEqual(begun);
    expect(begun.toSorted()).toEqual(['hrp', 'risk_parity']);
  });

  test('joins the stream of the portfolio below as that one holds its own sleeves', () => {
    const { root } = allocated(allocate(), 'risk_parity');
    const [below] = root.below;
    const column = root.join.matrix.columns.indexOf('listed');
    const { matrix } = below!.join;
    below!.stream.values.forEach((value, row) => {
      expect(value).toBe(below!.bounded[0]! * matrix.values[row * 2]! + below!.bounded[1]! * matrix.values[row * 2 + 1]!);
    });
    expect(root.join.matrix.values[column]).toBeCloseTo(below!.stream.values[0]!, 14);
  });

  test('is DEGRADED where a solve below it was hardened, and says by how much; under rules 1 it is not', () => {
    const node = nestedPortfolio();
    const bare = (meta: MetaNode): MetaNode => ({
      ...meta,
      blocks: {
        ...meta.blocks,
        risk: { ...meta.blocks.risk, estimator: 'sample' },
        features: { ...meta.blocks.features, default_shrinkage_intensity: 0 },
      },
      sleeves: meta.sleeves.map((sleeve) => (sleeve.kind === 'nested' ? { ...sleeve, meta: bare(sleeve.meta) } : sleeve)),
    });
    const leaves = runsOf(node);
    const pattern = [0.02, -0.01, 0.03, 0.01, 0, 0.03, -0.01, 0.01];
    for (const [at, path] of ['listed/coins', 'listed/funds'].entries()) {
      const run = leaves.get(path)!;
      const [risk, stream] = [...run.streams].find(([name]) => name === 'risk_parity')!;
      const values = stream.series.values.map((_, row) => pattern[(row % 4) + 4 * at]!);
      leaves.set(path, { ...run, streams: new Map([[risk, { ...stream, series: { ...stream.series, values } }]]) });
    }
    const under = (rules: number): ProfileAllocation => {
      const options = optionsOf(node, { ...defaultOptions, risks: ['risk_parity'] });
      const parity = parityOf({ node, leaves, waivers: [], rules: rulesInForce, asOf: '2024-06-17' });
      return allocated(allocateMeta({ node: bare(node), leaves, options, rules }, parity), 'risk_parity');
    };
    expect([under(2).grade, nativeSolves(under(2))]).toEqual([
      'DEGRADED',
      expect.objectContaining({ status: 'warned', message: 'hardened: listed at a correlation shrinkage of 0.15' }),
    ]);
    expect([under(1).grade, nativeSolves(under(1))]).toEqual(['NATIVE', undefined]);
    expect(under(2).root.bounded).toEqual(under(1).root.bounded);
  });

  test('has shares of its sleeves that are the weights of the flattened paths', () => {
    const profile = allocated(allocate(), 'hrp');
    const shares = sleeveShares(levelsOf(profile.root));
    for (const { path, weight } of profile.flattened.leafPaths) expect(shares.get(path.join('/'))).toBe(weight);
    expect([...shares.keys()]).toEqual(['listed', 'listed/coins', 'listed/funds', 'stocks']);
    expect(shares.get('listed/coins')! + shares.get('listed/funds')! + shares.get('stocks')!).toBeCloseTo(1, 12);
  });

  test('is compared by its shares, its net assets, its volatility and its verdicts', () => {
    const profile = allocated(allocate(), 'hrp');
    const { assets, volatilityExAnte, acceptance } = comparedAllocation(profile);
    expect([...assets.keys()]).toEqual(['NYSE:COINS', 'NYSE:FUNDS', 'NYSE:SHARED', 'NYSE:STOCKS']);
    expect(assets.get('NYSE:SHARED')).toBeCloseTo(0.25, 12);
    expect([volatilityExAnte, acceptance]).toEqual([profile.root.volatilityBounded, profile.acceptance]);
  });

  test('says by how much its profiles lie apart at most', () => {
    const result = allocate();
    const [left, right] = [allocated(result, 'hrp').root.bounded, allocated(result, 'risk_parity').root.bounded];
    expect(result.profileSpreadMax).toBe(Math.max(...left.map((weight, index) => Math.abs(weight - right[index]!))));
    expect(allocate({ options: { risks: ['hrp'] } }).profileSpreadMax).toBe(0);
  });
});

describe('a profile that fails', () => {
  test('says where: the portfolio whose sleeve lacks the returns, and the way to it', () => {
    const result = allocate({ runs: { coins: { risks: ['hrp'] } } });
    const { meta, path, error } = failed(result, 'risk_parity');
    expect([meta, path, error.code, error.evidence['available']]).toEqual(['listed', ['listed'], 'ProfileNotAvailable', ['hrp']]);
    expect(allocated(result, 'hrp').grade).toBe('NATIVE');
  });

  test('takes a stand-in where one is allowed by name, which marks the allocation and the stream', () => {
    const profile = allocated(
      allocate({ runs: { coins: { risks: ['hrp'] } }, options: { proxies: { risk_parity: ['hrp'] } } }),
      'risk_parity',
    );
    expect(profile.grade).toBe('DEGRADED');
    expect(profile.root.below[0]!.streams).toEqual([
      { id: 'coins', risk: 'hrp', proxy: true, partialRows: 0 },
      { id: 'funds', risk: 'risk_parity', proxy: false, partialRows: 0 },
    ]);
    expect(profile.root.below[0]!.warnings).toContain('coins delivered hrp in place of risk_parity, as asked for');
  });

  test('is not a failure of a profile where nothing can be allocated at all', () => {
    expect(() => allocate({ runs: { stocks: { rows: 1 } } })).toThrow(LedgerError);
  });
});

test('sleeves that are not comparable are not allocated', () => {
  const begun: string[] = [];
  expect(
    allocate({ runs: { coins: { parityLeaves: { ...parityEvidence, 'backtest.train_window': 90 } } } }, (risk) => begun.push(risk)),
  ).toEqual({
    profiles: [],
    profileSpreadMax: 0,
  });
  expect(begun).toEqual([]);
});
