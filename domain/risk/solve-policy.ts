/** What may differ between versions of the rules (domain/run/rules.ts) in how a profile is solved. */
export interface SolvePolicy {
  /** Programs that 16 digits do not decide are solved in 32; otherwise they are refused. */
  readonly takesEveryMatrix: boolean;
  /** A solve that needed more correlation shrinkage than was asked for has a flag; otherwise its attempts alone show it. */
  readonly flagsHardening: boolean;
  /** hrp with `plain` leaf order takes the columns in the order that the user gave; otherwise in that of the matrix. */
  readonly usesGivenOrder: boolean;
  /** Active sets begin near their optimum and update their factor; otherwise each step makes a new one. */
  readonly updatesFactor: boolean;
  /** Equal contributions that 16 digits do not reach are solved for in 32; otherwise they are refused. */
  readonly refinesContributions: boolean;
  /** Where rounding left a matrix indefinite, its variances are raised by as little as mends that; otherwise by n roundings at least. */
  readonly raisesLeast: boolean;
}

/** Of what is solved outside of a recorded run. */
export const currentSolvePolicy: SolvePolicy = {
  takesEveryMatrix: true,
  flagsHardening: true,
  usesGivenOrder: true,
  updatesFactor: true,
  refinesContributions: true,
  raisesLeast: true,
};

/** By version of the rules, oldest first. */
const policies: readonly SolvePolicy[] = [
  {
    takesEveryMatrix: false,
    flagsHardening: false,
    usesGivenOrder: false,
    updatesFactor: false,
    refinesContributions: false,
    raisesLeast: false,
  },
  {
    takesEveryMatrix: true,
    flagsHardening: true,
    usesGivenOrder: true,
    updatesFactor: false,
    refinesContributions: false,
    raisesLeast: false,
  },
];

export function solvePolicyOf(rules: number): SolvePolicy {
  return policies[rules - 1] ?? currentSolvePolicy;
}
