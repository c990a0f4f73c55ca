import type { BacktestFigures, CounterfactualBacktest } from '../../handlers/queries/counterfactual-backtest.ts';
import { notAllocated } from './meta-result.ts';
import { heading, lines, type Outcome, percent, table } from './verb.ts';

type Figure = readonly [name: string, of: (figures: BacktestFigures) => number | null, shown: (value: number) => string];

const ratio = (value: number): string => value.toFixed(2);

const figures: readonly Figure[] = [
  ['total', ({ total }) => total, percent],
  ['a year', ({ twrAnnualised }) => twrAnnualised, percent],
  ['volatility', ({ volatility }) => volatility, percent],
  ['Sharpe', ({ sharpe }) => sharpe, ratio],
  ['max drawdown', ({ maxDrawdown }) => maxDrawdown, percent],
  ['costs', ({ costsNetted }) => costsNetted, percent],
  ['turnover', ({ tradedTurnoverTwoSided }) => tradedTurnoverTwoSided, ratio],
  ['decisions', ({ decisions }) => decisions, String],
];

function shown(side: BacktestFigures | null, [, of, text]: Figure): string {
  const value = side === null ? null : of(side);
  return value === null ? '' : text(value);
}

/** What `counterfactual` answers of a backtest. */
export function counterfactualBacktestOutcome(answer: CounterfactualBacktest, asked: readonly string[] | 'all' | null): Outcome {
  const { runId, overrides, droppedSleeves, profiles, sameRun } = answer;
  const failures = profiles.flatMap(({ risk, code, reason }) => (code === null || reason === null ? [] : [{ risk, code, reason }]));
  return {
    result: { ...answer, failures, recorded: false },
    people: [
      heading(`What backtest ${runId} would have given`),
      lines(
        ...Object.entries(overrides).map(([path, value]) => `${path} = ${JSON.stringify(value)}`),
        ...droppedSleeves.map((id) => `without sleeve ${id}`),
        'Nothing was recorded.',
        ...(sameRun ? ['Nothing that can change a number was changed.'] : []),
      ),
      ...profiles.flatMap(({ risk, before, after, reason }) =>
        after === null
          ? [heading(`${risk}: could not be tested`), lines(reason ?? '')]
          : [
              heading(risk),
              table(
                ['', 'recorded', 'would be'],
                figures.map((figure) => [figure[0], shown(before, figure), shown(after, figure)]),
              ),
            ],
      ),
    ],
    failure: notAllocated(failures, profiles.length - failures.length, asked),
  };
}
