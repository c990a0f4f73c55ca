import type { ErrorKind } from './error-kind.ts';

/** What is wrong with one of the inputs of a combination. */
const inputs = (advice: string): ErrorKind & { readonly exit: 2 } => ({ fault: 'inputs', ends: 'command', exit: 2, http: 422, advice });

/** Errors of combining positions of sleeves. */
export const combinationErrors = {
  PositionsMissing: inputs('Give at least one sleeve with a position; docs/how-to/combine-positions.md shows the files.'),
  PositionInvalid: inputs('Correct the position named: a finite number, in risk units; leave an asset out where there is none.'),
  PreviousWeightInvalid: inputs('Correct the previous weight named: a finite fraction of capital.'),
  AssetTwice: inputs('Give each asset once; case and blanks around the parts of EXCHANGE:TICKER are spelling.'),
  PositionsFileUnreadable: inputs(
    'Give CSV with a column of names and a column for each sleeve, or JSON; docs/how-to/combine-positions.md has both.',
  ),
  BudgetMissing: inputs('Give every sleeve that has positions a risk budget, 0 where it shall have none.'),
  BudgetNotFinite: inputs('Correct the risk budget named: a finite fraction.'),
  BudgetNegative: inputs('A risk budget is 0 or more; to sell what a sleeve holds, turn the signs of its positions.'),
  BudgetsUnbalanced: inputs('Risk budgets sum to 1 within 1e-6, those of sleeves without positions included.'),
  BudgetsUndetermined: inputs(
    'The rule needs sleeves that vary: look at the positions, the covariance or the returns of the sleeve named.',
  ),
  BoundsCrossed: inputs('The lower bound of a weight must not exceed the upper one.'),
  CapInvalid: inputs('Bounds are finite numbers, and caps finite numbers of 0 or more; leave the turnover cap out to set none.'),
  CombinationOptionInvalid: inputs('Correct the option named; docs/how-to/combine-positions.md says which go together.'),
  CombinationInputMissing: inputs('Give the covariance of the assets, or the returns of the sleeves, for everything that has positions.'),
  CombinationInfeasible: {
    fault: 'inputs',
    ends: 'command',
    exit: 2,
    http: 422,
    advice: 'Relax one cap to the value shown beside it, or another of each conflict; the refusal is recorded.',
  },
} as const satisfies Record<string, ErrorKind>;
