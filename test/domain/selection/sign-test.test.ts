/* Worked examples of the reference (sign_test.json, short_flatten.json). Held exactly; weights to 1e-15. */
import { describe, expect, test } from '@jest/globals';
import { flattenAtoms, parseAtom } from '../../../domain/selection/atoms.ts';
import { signTest, type SignTestInput } from '../../../domain/selection/sign-test.ts';
import { workedExample } from '../../support/worked-example.ts';

type Returns = Readonly<Record<string, Readonly<Record<string, number>>>>;

interface Case {
  readonly name: string;
  readonly raw: Returns;
  readonly atoms: Returns;
  readonly optimised: readonly { readonly Symbol: string; readonly Direction: string; readonly Net_Weight: number }[] | null;
  readonly expected: {
    readonly verdict: string;
    readonly errors: number;
    readonly warnings: number;
    readonly checked_atoms: number;
    readonly checked_cells: number;
    readonly findings: readonly object[];
  };
}

const { cases, parse } = workedExample('sign_test') as {
  readonly cases: readonly Case[];
  readonly parse: Readonly<Record<string, object | null>>;
};

const dated = (returns: Returns) => new Map(Object.entries(returns).map(([name, values]) => [name, new Map(Object.entries(values))]));

function inputOf({ raw, atoms, optimised }: Case, hasDirections = false): SignTestInput {
  const reported = optimised?.map(({ Symbol: symbol, Direction: direction, Net_Weight: netWeight }) => ({ symbol, direction, netWeight }));
  return { raw: dated(raw), atoms: dated(atoms), optimised: reported ?? null, hasDirections };
}

describe('an atom', () => {
  test.each(Object.entries(parse))('%s', (id, expected) => {
    expect(parseAtom(id)).toEqual(expected);
  });
});

describe('the sign test', () => {
  test.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const { verdict, checkedAtoms, checkedCells, findings } = signTest(inputOf(one));
    const shown = findings.map(({ rows, first, ...rest }) => (rows === null ? rest : { ...rest, rows, first }));
    const count = (level: string): number => findings.filter((one_) => one_.level === level).length;
    expect({
      verdict,
      errors: count('error'),
      warnings: count('warning'),
      checked_atoms: checkedAtoms,
      checked_cells: checkedCells,
      findings: shown,
    }).toEqual(one.expected);
  });

  test('takes a column that is no atom for an error where the profile has directions', () => {
    const none = cases.find(({ name }) => name === 'no atoms')!;
    expect(signTest(inputOf(none, true))).toMatchObject({
      verdict: 'fail',
      findings: [{ level: 'error', code: 'SIGNTEST_NOT_AN_ATOM' }, {}],
    });
  });

  test('checks nothing in a series without a row, on either side', () => {
    const raw = new Map([['NYSE:A', new Map<string, number>()]]);
    const atoms = new Map([['NYSE:A_trend_LONG', new Map([['2023-01-03', 0.01]])]]);
    const input = { optimised: null, hasDirections: true };
    expect(signTest({ ...input, raw, atoms })).toMatchObject({
      verdict: 'fail',
      checkedAtoms: 0,
      findings: [{ code: 'SIGNTEST_EMPTY_RAW' }, {}],
    });
    const full = new Map([['NYSE:A', new Map([['2023-01-03', 0.01]])]]);
    const empty = new Map([['NYSE:A_trend_LONG', new Map<string, number>()]]);
    expect(signTest({ ...input, raw: full, atoms: empty })).toMatchObject({ findings: [{ code: 'SIGNTEST_EMPTY_SYNTHETIC' }, {}] });
  });
});

test('atoms are flattened to signed physical symbols', () => {
  const example = workedExample('short_flatten') as {
    readonly atoms: Readonly<Record<string, number>>;
    readonly expected: {
      readonly assets: Readonly<Record<string, { net: number; gross: number; contributors: Readonly<Record<string, number>> }>>;
      readonly gross: number;
      readonly netted_exposure: number;
    };
  };
  const found = flattenAtoms(new Map([...Object.entries(example.atoms), ['NYSE:KO', 0.1]]));
  expect(found.malformed).toEqual(['NYSE:KO']);
  expect(found.gross).toBeCloseTo(example.expected.gross, 15);
  expect(found.nettedExposure).toBeCloseTo(example.expected.netted_exposure, 15);
  expect(found.assets.map(({ symbol }) => symbol)).toEqual(Object.keys(example.expected.assets));
  for (const { symbol, net, gross, contributors } of found.assets) {
    const expected = example.expected.assets[symbol]!;
    expect([net, gross].map((weight, i) => Math.abs(weight - [expected.net, expected.gross][i]!))).toEqual([0, 0]);
    expect(Object.fromEntries(contributors.map(({ atom, weight }) => [atom, weight]))).toEqual(expected.contributors);
  }
});
