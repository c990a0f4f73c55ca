import { seeded } from '../figures.ts';

/** Covariances that real columns make: ordinary ones, hedges, near copies, copies to the last bit, few factors. */
export const programKinds = ['plain', 'hedged', 'near-singular', 'duplicates', 'factors'] as const;
export type ProgramKind = (typeof programKinds)[number];

export const programSolvers = ['minimum variance', 'minimum variance within bounds', 'maximum Sharpe', 'equal risk contribution'] as const;
export type ProgramSolver = (typeof programSolvers)[number];

export interface Program {
  readonly solver: ProgramSolver;
  readonly seed: number;
  readonly kind: ProgramKind;
  readonly size: number;
  readonly covariance: Float64Array;
  readonly means: Float64Array;
  /** From 0 to 1 where the program has no bounds of its own. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

type Random = () => number;
type Columns = readonly Float64Array[];

const [sizeMin, sizeMax] = [2, 300];

const between = (random: Random, low: number, high: number): number => low + (high - low) * random();
/** As often between 1 and 10 as between 10 and 100. */
const logBetween = (random: Random, low: number, high: number): number => low * Math.exp(Math.log(high / low) * random());
const wholeBetween = (random: Random, low: number, high: number): number => low + Math.floor(random() * (high - low + 1));

/** A standard normal number by Box and Muller's transform. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function drawn(random: Random, length: number, deviation: number): Float64Array {
  return Float64Array.from({ length }, () => deviation * normal(random));
}

/** Returns over one market, in columns; volatilities a factor of thirty apart. */
function market(random: Random, size: number, rows: number): Float64Array[] {
  const moves = drawn(random, rows, 0.01);
  return Array.from({ length: size }, () => {
    const beta = between(random, -0.3, 1.5);
    const own = drawn(random, rows, logBetween(random, 0.001, 0.03));
    return own.map((value, row) => value + beta * moves[row]!);
  });
}

/** Every column but the first few is minus or plus an earlier one times a scale, and misses it by a little or by nothing. */
function followers(random: Random, columns: Float64Array[], sign: () => number, missOf: () => number): Float64Array[] {
  const first = Math.max(1, Math.ceil(columns.length / 2));
  return columns.map((column, i) => {
    if (i < first) return column;
    const followed = columns[wholeBetween(random, 0, first - 1)]!;
    const [scale, miss] = [sign() * 2 ** wholeBetween(random, -2, 2), missOf()];
    return followed.map((value, row) => scale * value + miss * column[row]!);
  });
}

/** Sums of products; each pair is added up once, so that the matrix is symmetric and copies agree to the last bit. */
function covarianceOfColumns(columns: Columns): Float64Array {
  const size = columns.length;
  const rows = columns[0]!.length;
  const covariance = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += columns[i]![row]! * columns[j]![row]!;
      covariance[i * size + j] = sum / rows;
      covariance[j * size + i] = sum / rows;
    }
  }
  return covariance;
}

function columnsOf(kind: Exclude<ProgramKind, 'factors'>, random: Random, size: number): Columns {
  const rows = kind === 'near-singular' ? size + wholeBetween(random, 1, 3) : Math.ceil(size * between(random, 1.2, 3)) + 5;
  const columns = market(random, size, rows);
  const either = (): number => (random() < 0.5 ? -1 : 1);
  switch (kind) {
    case 'plain':
      return columns;
    case 'hedged':
      return followers(
        random,
        columns,
        () => (random() < 0.8 ? -1 : 1),
        () => (random() < 0.3 ? 0 : logBetween(random, 1e-8, 1e-1)),
      );
    case 'near-singular':
      return random() < 0.5 ? columns : followers(random, columns, either, () => logBetween(random, 1e-7, 1e-3));
    case 'duplicates':
      return followers(
        random,
        columns,
        () => 1,
        () => 0,
      );
  }
}

/** Betas times betas, and a variance of each column's own, which may be next to nothing. */
function factorCovariance(random: Random, size: number): Float64Array {
  const factors = wholeBetween(random, 1, 6);
  const betas = Array.from({ length: size }, () => drawn(random, factors, 0.01));
  const covariance = covarianceOfColumns(betas).map((value) => value * factors);
  const least = logBetween(random, 1e-4, 1e-2);
  for (let i = 0; i < size; i++) {
    const own = logBetween(random, least, 0.03);
    covariance[i * size + i] = covariance[i * size + i]! + own * own;
  }
  return covariance;
}

/** Bounds that some weights meet: caps from just above 1/n to ten times that, some of them each column's own, some with a least weight. */
function boundsOf(random: Random, size: number): Pick<Program, 'lower' | 'upper'> {
  const cap = Math.min(1, logBetween(random, 1.02, 10) / size);
  const isEven = random() < 0.5;
  const least = random() < 0.5 ? 0 : between(random, 0, 0.9) / size;
  return {
    lower: Float64Array.from({ length: size }, () => (isEven ? least : least * random())),
    upper: Float64Array.from({ length: size }, () => (isEven ? cap : Math.min(1, cap * between(random, 1, 3)))),
  };
}

/** Means of either sign, at least one of them positive. */
function meansOf(random: Random, size: number): Float64Array {
  const means = drawn(random, size, 0.05).map((mean) => mean + 0.03);
  if (!means.some((mean) => mean > 0)) means[0] = 0.01;
  return means;
}

/** The program of a seed: the same one again with the same seed. */
export function randomProgram(solver: ProgramSolver, seed: number): Program {
  const random = seeded(Math.imul(seed, 0x9e3779b1) ^ programSolvers.indexOf(solver));
  const kind = programKinds[wholeBetween(random, 0, programKinds.length - 1)]!;
  const size = Math.min(sizeMax, Math.floor(logBetween(random, sizeMin, sizeMax + 1)));
  const covariance = kind === 'factors' ? factorCovariance(random, size) : covarianceOfColumns(columnsOf(kind, random, size));
  const bounds =
    solver === 'minimum variance within bounds'
      ? boundsOf(random, size)
      : { lower: new Float64Array(size), upper: new Float64Array(size).fill(1) };
  return { solver, seed, kind, size, covariance, means: meansOf(random, size), ...bounds };
}

/** Where each column goes, so that a program can be given in another order. */
export function shuffledOrder(size: number, seed: number): number[] {
  const random = seeded(seed ^ 0x51ed270b);
  const order = Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const j = wholeBetween(random, 0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
