import type { IsoDate } from '../returns/series.ts';
import { byCodeUnits } from '../shared/order.ts';
import { type Atom, parseAtom } from './atoms.ts';

export type SignTestCode =
  | 'SIGNTEST_EMPTY_RAW'
  | 'SIGNTEST_EMPTY_SYNTHETIC'
  | 'SIGNTEST_LONG_MISMATCH'
  | 'SIGNTEST_MISSING_PHYSICAL_COL'
  | 'SIGNTEST_NOT_AN_ATOM'
  | 'SIGNTEST_NO_ATOMS'
  | 'SIGNTEST_OPTIMIZER_NOT_NORMALIZED'
  | 'SIGNTEST_SHORT_NOT_INVERTED';

export interface SignFinding {
  readonly level: 'error' | 'warning';
  readonly code: SignTestCode;
  /** The atom; empty where the finding is of all. */
  readonly symbol: string;
  /** Rows that differ, and the first of their dates; null where no row was compared. */
  readonly rows: number | null;
  readonly first: IsoDate | null;
}

/** Returns by date. */
export type DatedReturns = ReadonlyMap<IsoDate, number>;

/** An atom as an optimiser reports it: its sign is in its stream already, so it is LONG with a weight of at least 0. */
export interface OptimisedAtom {
  readonly symbol: string;
  readonly direction: string;
  readonly netWeight: number;
}

export interface SignTestInput {
  readonly raw: ReadonlyMap<string, DatedReturns>;
  readonly atoms: ReadonlyMap<string, DatedReturns>;
  /** Null before an optimisation. */
  readonly optimised: readonly OptimisedAtom[] | null;
  /** Whether the profile has directions, so that a column that is no atom is an error. */
  readonly hasDirections: boolean;
}

export interface SignTest {
  /** `unknown` where nothing was checked: no evidence is no pass. */
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly checkedAtoms: number;
  readonly checkedCells: number;
  readonly findings: readonly SignFinding[];
}

const finding = (level: SignFinding['level'], code: SignTestCode, symbol: string, differing: readonly IsoDate[] = []): SignFinding => ({
  level,
  code,
  symbol,
  rows: differing.length === 0 ? null : differing.length,
  first: differing[0] ?? null,
});

/** Dates on which the stream is not what it must be, those of one side alone included. -0 equals 0. */
function differingDates(raw: DatedReturns, stream: DatedReturns, { direction }: Atom): IsoDate[] {
  const dates = [...new Set([...raw.keys(), ...stream.keys()])].toSorted(byCodeUnits);
  return dates.filter((date) => {
    const [asset, found] = [raw.get(date), stream.get(date)];
    if (asset === undefined || found === undefined) return true;
    return found !== (direction === 'SHORT' ? -Math.min(asset, 1) : asset);
  });
}

/** What the test of one column found. */
export interface TestedColumn {
  readonly findings: readonly SignFinding[];
  readonly isChecked: boolean;
  readonly cells: number;
}

const unchecked = (found: SignFinding): TestedColumn => ({ findings: [found], isChecked: false, cells: 0 });

function testedAtom(id: string, atom: Atom, stream: DatedReturns, raw: DatedReturns | undefined): TestedColumn {
  if (raw === undefined) return unchecked(finding('error', 'SIGNTEST_MISSING_PHYSICAL_COL', id));
  if (raw.size === 0) return unchecked(finding('error', 'SIGNTEST_EMPTY_RAW', id));
  if (stream.size === 0) return unchecked(finding('error', 'SIGNTEST_EMPTY_SYNTHETIC', id));
  const differing = differingDates(raw, stream, atom);
  const code = atom.direction === 'SHORT' ? 'SIGNTEST_SHORT_NOT_INVERTED' : 'SIGNTEST_LONG_MISMATCH';
  let cells = 0;
  for (const date of stream.keys()) if (raw.has(date)) cells++;
  return { findings: differing.length === 0 ? [] : [finding('error', code, id, differing)], isChecked: true, cells };
}

/**
 * One column of a matrix against the raw returns of its symbol: a short atom is -min(r, 1) of them to the last bit, a long one is them.
 * Where the profile has directions, a column that is no atom is an error.
 */
export function testedColumn(
  id: string,
  stream: DatedReturns,
  rawOf: (symbol: string) => DatedReturns | undefined,
  hasDirections: boolean,
): TestedColumn {
  const atom = parseAtom(id);
  if (atom === null) return unchecked(finding(hasDirections ? 'error' : 'warning', 'SIGNTEST_NOT_AN_ATOM', id));
  return testedAtom(id, atom, stream, rawOf(atom.symbol));
}

/** The verdict on all columns, and on the atoms of an optimisation, none before one. */
export function concludedSignTest(columns: readonly TestedColumn[], optimised: readonly OptimisedAtom[]): SignTest {
  const checkedAtoms = columns.filter(({ isChecked }) => isChecked).length;
  const turned = optimised.filter(({ direction, netWeight }) => direction !== 'LONG' || !(netWeight >= 0));
  const findings = [
    ...columns.flatMap((column) => column.findings),
    ...(checkedAtoms === 0 ? [finding('warning', 'SIGNTEST_NO_ATOMS', '')] : []),
    ...turned.map(({ symbol }) => finding('error', 'SIGNTEST_OPTIMIZER_NOT_NORMALIZED', symbol)),
  ];
  const isWrong = findings.some(({ level }) => level === 'error');
  return {
    verdict: isWrong ? 'fail' : checkedAtoms === 0 ? 'unknown' : 'pass',
    checkedAtoms,
    checkedCells: columns.reduce((sum, { cells }) => sum + cells, 0),
    findings,
  };
}

/** The test of every atom, in code-unit order. */
export function signTest({ raw, atoms, optimised, hasDirections }: SignTestInput): SignTest {
  const inOrder = [...atoms].toSorted(([left], [right]) => byCodeUnits(left, right));
  const columns = inOrder.map(([id, stream]) => testedColumn(id, stream, (symbol) => raw.get(symbol), hasDirections));
  return concludedSignTest(columns, optimised ?? []);
}
