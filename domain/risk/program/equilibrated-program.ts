import { type ExtendedVector, plus, setEntry } from './double-double.ts';
import { exponentOf, powerOfTwo } from './powers-of-two.ts';
import type { QuadraticProgram } from './quadratic-program.ts';
import { inflationOf } from './semidefinite.ts';

/**
 * A program in units in which every variable has a variance between 1/2 and 2. The units are powers of two, so the change is exact, and
 * what follows depends on no scale.
 */
export interface EquilibratedProgram extends QuadraticProgram {
  /** One unit of each variable, in the units of the program that was given. */
  readonly units: Float64Array;
  /** Share by which the variances were raised, because rounding left the matrix indefinite; 0 where it did not. */
  readonly inflation: number;
  /** The quadratic form with its variances raised. */
  readonly raised: ExtendedVector;
}

/** What is added stands in the low parts, so that nothing of it is rounded away. */
function raisedBy(inflation: number, quadratic: Float64Array, size: number): ExtendedVector {
  const raised = { high: Float64Array.from(quadratic), low: new Float64Array(size * size) };
  for (let i = 0; i < size; i++) {
    const variance = quadratic[i * size + i]!;
    setEntry(raised, i * size + i, plus([variance, 0], [variance * inflation, 0]));
  }
  return raised;
}

/** A matrix in units that are powers of two, so that every variance is between 1/2 and 2; the entries of the diagonal must be positive. */
export function inUnits(matrix: Float64Array, size: number): { readonly quadratic: Float64Array; readonly units: Float64Array } {
  const units = Float64Array.from({ length: size }, (_, i) => powerOfTwo(-Math.floor(exponentOf(matrix[i * size + i]!) / 2)));
  const quadratic = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) quadratic[i * size + j] = matrix[i * size + j]! * units[i]! * units[j]!;
  return { quadratic, units };
}

/** The entries of the diagonal must be positive. `firstInflation` is the least share by which variances are raised, where they must be. */
export function equilibrated(program: QuadraticProgram, firstInflation: number): EquilibratedProgram {
  const { size } = program;
  const { quadratic, units } = inUnits(program.quadratic, size);
  const inflation = inflationOf(quadratic, size, firstInflation);
  return {
    size,
    quadratic,
    units,
    inflation,
    raised: raisedBy(inflation, quadratic, size),
    budget: program.budget.map((value, i) => value * units[i]!),
    lower: program.lower.map((value, i) => value / units[i]!),
    upper: program.upper.map((value, i) => value / units[i]!),
    start: program.start.map((value, i) => value / units[i]!),
  };
}
