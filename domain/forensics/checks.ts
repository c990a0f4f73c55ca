import { byCodeUnits } from '../shared/order.ts';
import type { HeldAsset } from './collisions.ts';

/** Checks of an allocated profile, in the order in which they are made. */
export const forensicCodes = [
  'META_SIGN_TEST',
  'META_MISSING_ARTIFACTS',
  'META_EMPTY_RETURNS',
  'META_SINGLE_SLEEVE',
  'META_EMPTY_WEIGHTS',
  'META_SINGLE_WEIGHT',
  'META_WEIGHT_COLUMN_MISMATCH',
  'META_SINGLE_MATCH',
  'META_BAD_WEIGHT_SUM',
  'META_EMPTY_FLATTENED',
  'META_CONCENTRATION',
  'META_CLUSTER_TREE',
] as const;
export type ForensicCode = (typeof forensicCodes)[number];

export interface ForensicCheck {
  readonly code: ForensicCode;
  readonly ok: boolean;
  readonly message: string;
}

/** Verdicts of the sleeves' own sign tests, by sleeve. */
export interface SleeveSignTest {
  readonly sleeve: string;
  readonly status: 'passed' | 'failed' | 'unknown' | 'not_applicable';
}

export interface ForensicInput {
  readonly signTests: readonly SleeveSignTest[];
  /** What a profile consists of, by name, and whether it is there. */
  readonly artifacts: readonly { readonly name: string; readonly isPresent: boolean }[];
  readonly rows: number;
  /** Sleeves of the joined returns. */
  readonly columns: readonly string[];
  readonly weights: Readonly<Record<string, number>>;
  readonly assets: readonly HeldAsset[];
  /** Merges of the philosophy's tree; null where it has none. */
  readonly treeRows: number | null;
}

/** Largest weight of one physical symbol. */
const concentrationMax = 0.15;
const sumTolerance = 1e-9;

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100} %`;
}

function signTest({ signTests }: ForensicInput): ForensicCheck {
  const bad = signTests.filter(({ status }) => status === 'failed' || status === 'unknown');
  const tested = signTests.filter(({ status }) => status === 'passed').length;
  const message =
    bad.length > 0
      ? bad.map(({ sleeve, status }) => `${sleeve}: ${status}`).join(', ')
      : tested === 0
        ? 'no sleeve has directions: there is no sign to test'
        : `passed in ${tested} ${tested === 1 ? 'sleeve' : 'sleeves'} with directions`;
  return { code: 'META_SIGN_TEST', ok: bad.length === 0, message };
}

function concentration({ assets }: ForensicInput): ForensicCheck {
  const [largest] = assets.toSorted(
    (left, right) => Math.abs(right.weight) - Math.abs(left.weight) || byCodeUnits(left.symbol, right.symbol),
  );
  const ok = largest === undefined || Math.abs(largest.weight) <= concentrationMax;
  const held = largest === undefined ? 'nothing is held' : `${largest.symbol} holds ${percent(largest.weight)}`;
  return { code: 'META_CONCENTRATION', ok, message: `${held}, ${percent(concentrationMax)} are the limit` };
}

type Check = (input: ForensicInput) => ForensicCheck;

const checks: readonly Check[] = [
  signTest,
  ({ artifacts }) => {
    const missing = artifacts.filter(({ isPresent }) => !isPresent).map(({ name }) => name);
    return {
      code: 'META_MISSING_ARTIFACTS',
      ok: missing.length === 0,
      message: missing.length === 0 ? `${artifacts.length} of ${artifacts.length} are there` : `missing: ${missing.join(', ')}`,
    };
  },
  ({ rows }) => ({ code: 'META_EMPTY_RETURNS', ok: rows > 0, message: `${rows} joined rows` }),
  ({ columns }) => ({ code: 'META_SINGLE_SLEEVE', ok: columns.length > 1, message: `${columns.length} sleeves` }),
  ({ weights }) => ({
    code: 'META_EMPTY_WEIGHTS',
    ok: Object.keys(weights).length > 0,
    message: `${Object.keys(weights).length} sleeve weights`,
  }),
  ({ weights }) => {
    const used = Object.values(weights).filter((weight) => weight !== 0).length;
    return { code: 'META_SINGLE_WEIGHT', ok: used > 1, message: `${used} sleeve weights are not 0` };
  },
  ({ weights, columns }) => {
    const odd = [...Object.keys(weights).filter((id) => !columns.includes(id)), ...columns.filter((id) => !(id in weights))];
    return {
      code: 'META_WEIGHT_COLUMN_MISMATCH',
      ok: odd.length === 0,
      message: odd.length === 0 ? 'every weight has its returns' : `on one side alone: ${odd.toSorted(byCodeUnits).join(', ')}`,
    };
  },
  ({ weights, columns }) => {
    const matched = columns.filter((id) => id in weights).length;
    return { code: 'META_SINGLE_MATCH', ok: matched > 1, message: `${matched} sleeves have both` };
  },
  ({ weights }) => {
    const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
    return { code: 'META_BAD_WEIGHT_SUM', ok: Math.abs(sum - 1) <= sumTolerance, message: `the sleeve weights add up to ${sum}` };
  },
  ({ assets }) => ({ code: 'META_EMPTY_FLATTENED', ok: assets.length > 0, message: `${assets.length} assets` }),
  concentration,
  ({ treeRows, columns }) => ({
    code: 'META_CLUSTER_TREE',
    ok: treeRows === null || treeRows === columns.length - 1,
    message: treeRows === null ? 'this philosophy has no tree' : `${treeRows} merges of ${columns.length} sleeves`,
  }),
];

/**
 * The checks of an allocated profile. A failed one ends them, except sign test and concentration, behind which the others can still be
 * made. The sum is held to 1 and never made so: a leak must show.
 */
export function forensicChecks(input: ForensicInput): ForensicCheck[] {
  const made: ForensicCheck[] = [];
  for (const check of checks) {
    const found = check(input);
    made.push(found);
    if (!found.ok && found.code !== 'META_CONCENTRATION' && found.code !== 'META_SIGN_TEST') break;
  }
  return made;
}
