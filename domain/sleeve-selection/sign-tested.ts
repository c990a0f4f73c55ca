import type { EligibilityInput } from '../run/grade.ts';
import type { IsoDate, ReturnMatrix } from '../returns/series.ts';
import { parseAtom } from '../selection/atoms.ts';
import {
  concludedSignTest,
  type DatedReturns,
  type OptimisedAtom,
  type SignFinding,
  type SignTest,
  type TestedColumn,
  testedColumn,
} from '../selection/sign-test.ts';

/** The directional sign test of a sleeve run, over the matrix that its profiles are solved on. */

/** A day on which a short stream lost everything: a warning, for it can lose no more. */
export interface ClippedStream {
  readonly atom: string;
  readonly date: IsoDate;
}

/** Every stream of a sleeve against the returns that it is made of, before anything is optimised. */
export interface TestedStreams {
  readonly columns: readonly TestedColumn[];
  readonly clipped: readonly ClippedStream[];
}

export interface SignTestedSleeve extends SignTest, Pick<TestedStreams, 'clipped'> {}

function datedColumn({ dates, columns, values }: ReturnMatrix, column: number): DatedReturns {
  return new Map(dates.map((date, row) => [date, values[row * columns.length + column]!]));
}

/** Exactly -1 in a short stream: its symbol at least doubled. */
export function clippedStreams({ dates, columns, values }: ReturnMatrix): ClippedStream[] {
  return columns.flatMap((id, column) => {
    if (parseAtom(id)?.direction !== 'SHORT') return [];
    return dates.filter((_, row) => values[row * columns.length + column] === -1).map((date) => ({ atom: id, date }));
  });
}

/** One column after the other: only two of them are spread out by date at a time. */
export function testedStreams(raw: ReturnMatrix, streams: ReturnMatrix): TestedStreams {
  const places = new Map(raw.columns.map((symbol, column) => [symbol, column]));
  const rawOf = (symbol: string): DatedReturns | undefined => {
    const column = places.get(symbol);
    return column === undefined ? undefined : datedColumn(raw, column);
  };
  const columns = streams.columns.map((id, column) => testedColumn(id, datedColumn(streams, column), rawOf, true));
  return { columns, clipped: clippedStreams(streams) };
}

/** The verdict on the streams and on what was optimised over them: nothing before that. */
export function signTestedSleeve({ columns, clipped }: TestedStreams, optimised: readonly OptimisedAtom[]): SignTestedSleeve {
  return { ...concludedSignTest(columns, optimised), clipped };
}

/** Findings and clipped days that a sentence names; the rest is counted. */
const namedMax = 5;

function named<T>(items: readonly T[], inWords: (item: T) => string): string {
  const more = items.length > namedMax ? ` and ${items.length - namedMax} more` : '';
  return `${items.slice(0, namedMax).map(inWords).join(', ')}${more}`;
}

function findingInWords({ code, symbol, rows, first }: SignFinding): string {
  const where = rows === null ? '' : ` in ${rows} ${rows === 1 ? 'row' : 'rows'} from ${first}`;
  return `${code}${symbol === '' ? '' : ` ${symbol}`}${where}`;
}

const statusOf = { pass: 'passed', fail: 'failed', unknown: 'unknown' } as const;

/** What the test counts for in the grade of the run: a failed one makes it ineligible, and one that checked nothing is no pass. */
export function signTestEvidence({
  verdict,
  checkedAtoms,
  checkedCells,
  findings,
  clipped,
}: SignTestedSleeve): EligibilityInput['signTest'] {
  const checked = `${checkedAtoms} atoms, ${checkedCells} returns checked`;
  const found = findings.length === 0 ? '' : `; ${named(findings, findingInWords)}`;
  const warned = clipped.length === 0 ? '' : `; short_clipped: ${named(clipped, ({ atom, date }) => `${atom} on ${date}`)}`;
  return { status: statusOf[verdict], detail: `${checked}${found}${warned}` };
}
