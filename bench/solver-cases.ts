/** What every solver is tried on: four kinds of data, four sizes, with and without a cap, and where the bars of their own stand. */
export const solverKinds = ['oneFactor', 'fiveFactors', 'independent', 'nearCopies'] as const;
export type SolverKind = (typeof solverKinds)[number];

export const solvers = ['minVariance', 'minVarianceCapped', 'maxSharpe', 'equalRisk', 'hrp', 'hrpPlain'] as const;
export type Solver = (typeof solvers)[number];

export const solverPeers = ['clarabel', 'skfolio', 'pyportfolioopt', 'pyportfoliooptClarabel', 'riskfolio'] as const;
export type SolverPeer = (typeof solverPeers)[number];

/** Who solves what; PyPortfolioOpt knows the plain leaf order only, skfolio the optimal one only. */
const programPeers = solverPeers;
const peersOf: Readonly<Record<Solver, readonly SolverPeer[]>> = {
  minVariance: programPeers,
  minVarianceCapped: programPeers,
  maxSharpe: programPeers,
  equalRisk: ['clarabel', 'skfolio', 'riskfolio'],
  hrp: ['skfolio', 'riskfolio'],
  hrpPlain: ['pyportfolioopt', 'riskfolio'],
};

export interface SolverData {
  readonly kind: SolverKind;
  readonly columns: number;
  readonly rows: number;
}

export interface SolverCase extends SolverData {
  readonly solver: Solver;
  /** Largest weight of a column; null where there is none. */
  readonly cap: number | null;
  readonly peers: readonly SolverPeer[];
  /** Least ratio to the fastest of the peers. */
  readonly bar: number;
}

const sizes = [20, 100, 500, 1000] as const;
const rowsOf = (columns: number): number => Math.max(1000, 2 * columns);
const capOf = (columns: number): number => (columns === 20 ? 0.1 : 0.05);
const barOfEveryRow = 2;
/** Of 2,000 columns against skfolio. */
const barOfMany = 15;

function caseOf(solver: Solver, kind: SolverKind, columns: number): SolverCase {
  const cap = solver === 'minVarianceCapped' ? capOf(columns) : null;
  return { solver, kind, columns, rows: rowsOf(columns), cap, peers: peersOf[solver], bar: barOfEveryRow };
}

const many: SolverCase = {
  solver: 'hrp',
  kind: 'fiveFactors',
  columns: 2000,
  rows: rowsOf(2000),
  cap: null,
  peers: ['skfolio'],
  bar: barOfMany,
};

const everyCase: readonly SolverCase[] = [
  ...solvers.flatMap((solver) => solverKinds.flatMap((kind) => sizes.map((columns) => caseOf(solver, kind, columns)))),
  many,
];

/** All cases, or those of up to 100 columns to see that everything works. */
export function solverCases(isShort: boolean): readonly SolverCase[] {
  return isShort ? everyCase.filter(({ columns }) => columns <= 100) : everyCase;
}

/** Names a case among the others. */
export function caseId({ solver, kind, columns, rows }: Pick<SolverCase, 'solver' | keyof SolverData>): string {
  return `${solver}-${kind}-${columns}-${rows}`;
}

/** Names the files of its data. */
export function dataName({ kind, columns, rows }: SolverData): string {
  return `${kind}-${columns}-${rows}`;
}

/** The data of cases, each once; those of which somebody needs the moments say so. */
export function dataOf(cases: readonly SolverCase[]): readonly (SolverData & { readonly needsMoments: boolean })[] {
  const found = new Map<string, SolverData & { needsMoments: boolean }>();
  for (const { solver, kind, columns, rows } of cases) {
    const name = dataName({ kind, columns, rows });
    const needsMoments = !solver.startsWith('hrp') || (found.get(name)?.needsMoments ?? false);
    found.set(name, { kind, columns, rows, needsMoments });
  }
  return [...found.values()];
}
