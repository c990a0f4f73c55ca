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

function checkAtom(id: string, atom: Atom, stream: DatedReturns, raw: DatedReturns | undefined): SignFinding[] {
  if (raw === undefined) return [finding('error', 'SIGNTEST_MISSING_PHYSICAL_COL', id)];
  if (raw.size === 0) return [finding('error', 'SIGNTEST_EMPTY_RAW', id)];
  if (stream.size === 0) return [finding('error', 'SIGNTEST_EMPTY_SYNTHETIC', id)];
  const differing = differingDates(raw, stream, atom);
  if (differing.length === 0) return [];
  return [finding('error', atom.direction === 'SHORT' ? 'SIGNTEST_SHORT_NOT_INVERTED' : 'SIGNTEST_LONG_MISMATCH', id, differing)];
}

/** A short atom is -min(r, 1) of its symbol's raw return to the last bit, a long one is the raw return. */
export function signTest({ raw, atoms, optimised, hasDirections }: SignTestInput): SignTest {
  const findings: SignFinding[] = [];
  let checkedAtoms = 0;
  let checkedCells = 0;
  for (const [id, stream] of [...atoms].toSorted(([left], [right]) => byCodeUnits(left, right))) {
    const atom = parseAtom(id);
    if (atom === null) {
      findings.push(finding(hasDirections ? 'error' : 'warning', 'SIGNTEST_NOT_AN_ATOM', id));
      continue;
    }
    const asset = raw.get(atom.symbol);
    findings.push(...checkAtom(id, atom, stream, asset));
    if (asset === undefined || asset.size === 0 || stream.size === 0) continue;
    checkedAtoms++;
    for (const date of stream.keys()) if (asset.has(date)) checkedCells++;
  }
  if (checkedAtoms === 0) findings.push(finding('warning', 'SIGNTEST_NO_ATOMS', ''));
  for (const { symbol, direction, netWeight } of optimised ?? [])
    if (direction !== 'LONG' || !(netWeight >= 0)) findings.push(finding('error', 'SIGNTEST_OPTIMIZER_NOT_NORMALIZED', symbol));
  const isWrong = findings.some(({ level }) => level === 'error');
  return { verdict: isWrong ? 'fail' : checkedAtoms === 0 ? 'unknown' : 'pass', checkedAtoms, checkedCells, findings };
}
