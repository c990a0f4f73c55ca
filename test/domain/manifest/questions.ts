import { followAlias, isMetaName, metaProfileOf, sleeveProfileOf } from '../../../domain/manifest/aliases.ts';
import { combineBounds, feasibility, type Guardrail } from '../../../domain/manifest/bounds.ts';
import { assertCurrencies, assertExchangeCurrency } from '../../../domain/manifest/currency.ts';
import { assertExecutable } from '../../../domain/manifest/executable.ts';
import { assertFeasible } from '../../../domain/manifest/feasible.ts';
import { leavesOfSettings } from '../../../domain/manifest/flat-settings.ts';
import { declaredGrossMax, grossMaxOf, writtenGross } from '../../../domain/manifest/gross-max.ts';
import { joinPath, jsonPositions } from '../../../domain/manifest/json-positions.ts';
import { layerOfPaths } from '../../../domain/manifest/layers.ts';
import { overrideMeta } from '../../../domain/manifest/meta-overrides.ts';
import { missing } from '../../../domain/manifest/missing-setting.ts';
import { lineOf } from '../../../domain/manifest/problems.ts';
import { listProfiles } from '../../../domain/manifest/profiles.ts';
import { leavesOf } from '../../../domain/manifest/provenance.ts';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import {
  hasMetaProfile,
  isExecutedRiskProfile,
  isMatrixRiskProfile,
  profilesComputedUnder,
  requireMatrixRiskProfile,
  requireMetaProfile,
  requireRiskProfile,
} from '../../../domain/manifest/risk-profiles.ts';
import { scannerPathsOf, scannerPathsOfManifest } from '../../../domain/manifest/scanner-paths.ts';
import type { Manifest, MetaProfile } from '../../../domain/manifest/schema.ts';
import { actingSelection, blocksAsSelected, selectionSettingsOf } from '../../../domain/manifest/selection-settings.ts';
import { starterManifest } from '../../../domain/manifest/starter.ts';
import { benchmarkAmong, benchmarksKnown } from '../../../domain/manifest/starter-benchmark.ts';
import { judgedManifest, validateManifest } from '../../../domain/manifest/validate.ts';
import { requireVenues } from '../../../domain/manifest/venues.ts';

const atoms = ['x', 'y', 'z'].map((id) => ({ id, profile: 'a' }));
const manifest: Manifest = {
  profiles: {
    b: 'a',
    a: { description: 'one', discovery: { strategies: { s: { scanners: ['u', 'v'] }, t: { scanners: ['v'] }, q: {} } } },
    c: { discovery: { strategies: { s: { scanners: ['w', 'u'] } } } },
    m: { sleeves: atoms },
    n: { description: 'nest', sleeves: [...atoms, { id: 'n', meta_profile: 'm' }] },
    r1: 'r2',
    r2: 'r1',
    lost: 'nobody',
    v: { selection: { selection_mode: 'v9' } },
    s: { selection: { selection_mode: 'v4' } },
    t: { selection: { selection_mode: 'v3' }, features: { feat_selection_logmps: true } },
    u: { selection: { selection_mode: 'v4', strategy: 'Not good' }, features: { feat_short_direction: true } },
    w: { selection: { selection_mode: 'v4' }, features: { feat_selection_logmps: false } },
    tight: { sleeves: atoms.slice(0, 1) },
    wide: { sleeves: atoms, meta_allocation: { min_weight: 0.4 } },
  },
};
const self: Manifest = {
  profiles: { a: {}, p: { sleeves: [...atoms, { id: 'q', meta_profile: 'q' }] }, q: { sleeves: [{ id: 'p', meta_profile: 'p' }] } },
};
const deep: Manifest = {
  profiles: Object.fromEntries([
    ['a', {}],
    ...[0, 1, 2, 3, 4].map((level) => [
      `m${level}`,
      { sleeves: level === 4 ? atoms : [...atoms, { id: 'n', meta_profile: `m${level + 1}` }] },
    ]),
  ]) as Manifest['profiles'],
};
const of = (value: number | null, layer: Guardrail['layer'] = 'profile'): Guardrail => ({ value, layer });
const boxed = (limit: readonly [number, number] | null, low: Guardrail, high: Guardrail) =>
  combineBounds([{ id: 'x', weightLimit: limit }], { min_weight: low, max_weight: high }, 'profiles.m.');
const boxes = (...sides: readonly (readonly [number, number])[]) =>
  feasibility(sides.map(([lower, upper], index) => ({ id: String(index), lower, upper, lowerFrom: '', upperFrom: '' })));
const meta = manifest.profiles['m'] as MetaProfile;
const euro = { path: ['a', 'b'], currency: 'EUR', treatment: null };
const dollar = { path: ['c'], currency: 'USD', treatment: null };
const counted = (currency: string, treatment: 'hedged' | null = null) => ({ currency, treatment });
const markets = ['SPY', 'IVV', 'VOO', 'VTI', 'ES1!', 'MES1!'];
const coins = ['BTCUSD', 'BTCUSDT', 'XBTUSD', 'BTCEUR', 'BTCUSDT.P', 'BTCGBP', 'XBTCUSD', 'BTCUSDTX', 'BTCUSD.PX', 'ETHUSDT'];
const text = '{\n "profiles": {\n  "a": {"data": {}},\n  "a": {"__proto__": [1,\n 2]}\n }\n}';
const resolved = (name: string) => resolveProfile(manifest, name);
const venues = (count: number) =>
  requireVenues(
    resolved('s'),
    Array.from({ length: count }, (_, index) => `OKX:C${index}`),
  );

/** What functions of the manifest are asked; the answers stand in test/golden/manifest/answers.json. */
export const questions: Readonly<Record<string, () => unknown>> = {
  'an alias is followed': () => followAlias(manifest, 'b'),
  'a circle of aliases is refused': () => followAlias(manifest, 'r1'),
  'an alias of nothing is refused with its way': () => followAlias(manifest, 'lost'),
  'a name of nothing is refused': () => followAlias(manifest, 'mm'),
  'names of every object are no profiles': () => followAlias(manifest, 'toString'),
  'a portfolio is no sleeve': () => sleeveProfileOf(manifest, 'm'),
  'a sleeve is no portfolio': () => metaProfileOf(manifest, 'b'),
  'portfolios are told from sleeves': () => [isMetaName(manifest, 'm'), isMetaName(manifest, 'b')],
  'profiles are listed': () => listProfiles(manifest),
  'a limit replaces what nobody wrote': () => boxed([0.01, 0.9], of(0.05, 'code'), of(0.5, 'code')),
  'a limit meets what somebody wrote': () => [
    boxed([0.01, 0.9], of(0.05), of(0.5)),
    boxed([0.05, 0.5], of(0.05), of(0.5)),
    boxed([0.1, 0.4], of(0.05), of(0.5)),
  ],
  'without a limit the guardrails hold': () => boxed(null, of(0.05, 'cli'), of(0.5)),
  'a guardrail may be off': () => [boxed(null, of(null), of(null)), boxed([0.1, 0.4], of(null), of(null))],
  'equal sides leave one weight': () => boxed([0.3, 0.3], of(0.3), of(0.3)),
  'sides that do not meet are refused': () => boxed([0.6, 0.7], of(0.05), of(0.5)),
  'sides that are off are said in the refusal': () => boxed([0.1, 0.2], of(0.5), of(null)),
  'guardrails alone may not meet': () => boxed(null, of(0.6), of(0.5)),
  'boxes leave room, a point or nothing': () => [
    boxes([0, 1]),
    boxes([0.25, 0.5], [0.25, 0.5]),
    boxes([0.5, 0.75], [0.5, 0.75]),
    boxes([0.5, 0.75], [0.625, 0.75]),
    boxes([0, 0.5], [0, 0.25]),
    boxes([0, 0.5], [0, 0.625]),
  ],
  'portfolios that contain one another are refused': () => resolveMeta(self, 'q'),
  'a nest that is too deep is refused': () => resolveMeta(deep, 'm0'),
  'lower bounds above one are refused': () => assertFeasible(resolveMeta(manifest, 'wide')),
  'upper bounds below one are refused': () => assertFeasible(resolveMeta(manifest, 'tight')),
  'bounds of a portfolio come with what set them': () => {
    const { bounds, allocation, parity, acceptance, depth, aliases, description, currency } = resolveMeta(manifest, 'n');
    return { bounds, allocation, parity, acceptance, depth, aliases, description, currency };
  },
  'sleeves are overridden by their ids': () => overrideMeta(meta, { 'sleeves.y.weight_limit': [0.1, 0.2], 'data.lookback_days': 90 }),
  'a sleeve that is not there is not overridden': () => overrideMeta(meta, { 'sleeves.q.weight_limit': [0, 1] }),
  'an empty name is no setting': () => overrideMeta(meta, { 'parity..mandate': 'warn' }),
  'a prototype is no setting': () => overrideMeta(meta, { 'parity.__proto__.mandate': 'warn' }),
  'a value without members holds none': () => overrideMeta({ ...meta, description: 'd' }, { 'description.x.y': 1 }),
  'an override passes the schema': () => overrideMeta(meta, { 'parity.mandate': 'never' }),
  'paths make a layer': () => layerOfPaths('cli', { 'backtest.train_window': 90, 'risk.hrp.linkage': 'single' }),
  'a block alone is no setting': () => layerOfPaths('cli', { backtest: {} }),
  'an empty part is no setting': () => layerOfPaths('cli', { 'backtest.': 1 }),
  'a prototype is no part of a path': () => layerOfPaths('cli', { 'backtest.__proto__.x': 1 }),
  'a path inside another is refused': () => layerOfPaths('cli', { 'data.symbols': ['NYSE:A'], 'data.symbols.x': 1 }),
  'a layer passes the schema': () => layerOfPaths('environment', { 'backtest.train_window': 'x' }),
  'one currency passes': () => [assertCurrencies('USD', [euro, euro]), assertCurrencies('EUR', [euro, { ...dollar, treatment: 'hedged' }])],
  'a mix of currencies is refused by name': () => assertCurrencies('USD', [euro, dollar]),
  'symbols of two currencies are refused': () => assertExchangeCurrency(['LSE:A', 'XETR:B', 'LSE:C'], counted('GBP')),
  'symbols of another currency are refused': () => assertExchangeCurrency(['XETR:B'], counted('USD')),
  'currencies that are hedged or the same pass': () => [
    assertExchangeCurrency(['XETR:B'], counted('USD', 'hedged')),
    assertExchangeCurrency(['XETR:B'], counted('EUR')),
    assertExchangeCurrency(['NYSE:B'], counted('EUR')),
  ],
  'a missing setting is named': () => missing('risk.ridge'),
  'a mode that is not computed is refused': () => assertExecutable(resolved('v')),
  'a mode that is not computed selects nothing': () => selectionSettingsOf(resolved('v')),
  'settings of a selection are whole': () => selectionSettingsOf(resolved('s')),
  'a score that the mode denies is refused': () => selectionSettingsOf(resolved('t')),
  'a score that is off under LogMPS is refused': () => selectionSettingsOf(resolved('w')),
  'a strategy that names no atom is refused': () => selectionSettingsOf(resolved('u')),
  'what acts in a selection is said': () => ['a', 's', 't'].map((name) => actingSelection(resolved(name))),
  'the universe of a selection is said': () => ['a', 's'].map((name) => blocksAsSelected(resolved(name)).backtest.dynamic_universe),
  'five foreign venues are named': () => venues(5),
  'six foreign venues are five and one more': () => venues(6),
  'no foreign venue passes': () => venues(0),
  'profiles of risk are told apart': () =>
    ['hrp', 'erc', 'market_neutral', 'adaptive', 'other'].map((name) => [
      isExecutedRiskProfile(name),
      hasMetaProfile(name),
      isMatrixRiskProfile(name),
    ]),
  'a profile that is only known is refused': () => requireRiskProfile('erc'),
  'a profile that is none is refused': () => requireRiskProfile('hrpp'),
  'a profile of sleeves alone is refused': () => requireMetaProfile('market_neutral'),
  'a profile that chooses is no entrant': () => requireMatrixRiskProfile('adaptive'),
  'profiles are computed by rules and selection': () =>
    [1, 2, 3].flatMap((rules) => ['none', 'v4'].map((mode) => profilesComputedUnder(mode, rules))),
  'gross exposure is declared, or not': () => [
    declaredGrossMax({}),
    declaredGrossMax({ gross_max: 2, leverage: 3 }),
    declaredGrossMax({ gross_max: null, leverage: 3 }),
    grossMaxOf(null),
    grossMaxOf(3),
    writtenGross({ gross_max: null, leverage: undefined }),
    writtenGross({ gross_max: 2, leverage: 3 }),
  ],
  'scanners are named once': () => [scannerPathsOf(manifest, 'a'), scannerPathsOfManifest(manifest)],
  'leaves are by path': () => [leavesOf({ b: { c: [], d: {} }, a: 1, e: undefined }), leavesOf({}, 'x'), leavesOf({})],
  'flat settings are found': () =>
    leavesOfSettings({
      engines: 'a, b',
      train_window: 60,
      profile: 'p',
      profiles: { x: 1 },
      other: 1,
      feat_short_direction: true,
      data: { symbols: 'x,y' },
    }),
  'paths are joined': () => [joinPath([]), joinPath(['a', 0, 'b', 'c', 1]), joinPath([0])],
  'values have lines': () => jsonPositions(text),
  'a place has the line of what encloses it': () =>
    ['profiles.a.data.x', 'profiles.a.__proto__[1]', 'profiles.b.c', 'q[3].z', ''].map((path) => lineOf(jsonPositions(text), path)),
  'names that are too long are refused': () => [
    jsonPositions(`{"${'k'.repeat(200)}":1}`).duplicates,
    jsonPositions(`\n{"${'k'.repeat(201)}":1}`, 'f'),
  ],
  'nests that are too deep are refused': () => jsonPositions(`${'['.repeat(66)}${']'.repeat(66)}`),
  'nests that are as deep as allowed are read': () => jsonPositions(`${'['.repeat(64)}${']'.repeat(64)}`).lines.size,
  'values beyond the limit are refused': () => jsonPositions(`[${'1,'.repeat(100_000)}1]`),
  'text that is no JSON is refused': () => judgedManifest('{"a" 1}', 'manifest.json'),
  'profiles beyond the limit are refused': () =>
    [500, 501].map((count) =>
      validateManifest({ profiles: Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, 'p0'])) }).problems.map(
        ({ code, message }) => [code, message],
      ),
    ),
  'benchmarks are known': () => [
    markets.map((ticker) => benchmarkAmong(['NYSE:A', `AMEX:${ticker}`])),
    coins.map((ticker) => benchmarkAmong([`BINANCE:${ticker}`])),
    benchmarkAmong(['AMEX:VTI', 'AMEX:SPY', 'AMEX:IVV']),
    benchmarkAmong(['NYSE:A', 'BINANCE:BTCUSDT']),
    benchmarksKnown(['NYSE:A', 'BINANCE:B']),
    benchmarksKnown(['BINANCE:B']),
  ],
  'a manifest to start from is whole': () =>
    starterManifest([
      { file: 'd/My  Funds!.v1.csv', symbols: ['AMEX:SPY', 'NYSE:A'] },
      { file: 'my_funds.csv', symbols: ['NYSE:A'] },
      { file: 'd\\__.csv', symbols: ['BINANCE:BTCUSDT'] },
      { file: '-eu-.csv', symbols: ['XETR:A'] },
    ]),
  'a single file makes no portfolio': () => starterManifest([{ file: 'one.csv', symbols: ['XETR:A'] }]),
};
