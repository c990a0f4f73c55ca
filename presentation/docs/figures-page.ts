import { conventions, type Counterpart } from '../../domain/metrics/conventions.ts';
import { generated, table } from './pages.ts';

function counterpartText({ library, name, differs }: Counterpart): string {
  return `${library} \`${name}\`${differs === null ? '' : ` ${differs}`}`;
}

function joined(counterparts: readonly Counterpart[]): string {
  return counterparts.map(counterpartText).join('; ') || '-';
}

/** Every figure of a tear sheet with its formula, and how it stands to quantstats and empyrical. */
export function figuresPage(): string {
  const rows = conventions.map(({ figure, label, formula, counterparts }) => [
    label,
    `\`${figure}\``,
    formula,
    joined(counterparts.filter(({ differs }) => differs === null)),
    joined(counterparts.filter(({ differs }) => differs !== null)),
  ]);
  return `${generated}# Figures of a tear sheet

Returns are simple returns as decimal fractions, r; n is their number, A the number of rows a year from [the \
calendars](calendars.md), W the wealth that 1 grows to. Deviations have the divisor n - 1, and the risk-free rate is 0.

* Nothing is clipped. A return of -100 % or worse, a value that is no number, or a figure beyond the range of numbers is an error with its \
date; a figure that has no value is null.
* Below 30 returns nothing is scaled to a year: the sheet then shows figures of the period and per row, and says so (\`not_meaningful\`).
* Windows are stitched first and measured once. No window is annualised.
* A drawdown lies in [-1, 0]; the opening wealth counts as a high.
* \`annualisation_suspected\`: the dates hold over 5 % more or fewer rows a year than A.

"The same" is to rounding: tested to 1e-12 on a worked example, against quantstats 0.0.86 and empyrical-reloaded 0.7.1 where they are there.

${table(['figure', 'name', 'formula', 'the same', 'not the same'], rows)}

## Contribution to risk

Euler's decomposition: a position's weight times the derivative of the volatility. Three answers, which add up to 1 within 1e-12 each:

| name | covariance | an asset's share |
| --- | --- | --- |
| \`optimiser\` | that of the meta step between sleeves, and each sleeve's own between its assets | its sleeve's share times \
its share in the sleeve |
| \`joint\` | one, of all distinct assets | its weight on the way through the sleeve times (S x) / (x' S x) |
| \`realised\` | none: what happened | the covariance of its profit and loss with the return of the whole, over that return's \
variance; costs are a line of their own |

The first two are ex ante and agree on sleeves only where the meta step's covariance follows from that of the assets.

## How far to trust it

* *Deflated Sharpe ratio* (Bailey and Lopez de Prado 2014): per row, biased skewness, raw kurtosis, sqrt(n - 1). It takes the number of \
distinct trials that are recorded and the variance of their Sharpe ratios; what was tried elsewhere is not in it.
* *Block bootstrap* (Politis and Romano 1992): circular blocks, drawn by splitmix64 from a seed and a counter, so that a replicate is the \
same alone. Bands are the 5, 50 and 95 % quantiles (type 7).
* *Start offsets*: figures on the dates that all offsets share, with least, median, greatest, and the place of offset 0.
* *Purged combinatorial splits* (Lopez de Prado 2018): they learn from rows after the test and are labelled \`not walk-forward\`.
`;
}
