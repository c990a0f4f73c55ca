import { linearQuantile } from '../../domain/returns/quantile.ts';
import type { BacktestRobustness, ProfileRobustness } from '../../handlers/queries/backtest-robustness.ts';
import { type Block, heading, lines, type Outcome, percent, table } from './verb.ts';

interface Shown {
  readonly name: string;
  readonly figure: 'twrAnnualised' | 'sharpe' | 'maxDrawdown';
  readonly text: (value: number) => string;
}

const ratio = (value: number): string => value.toFixed(2);
const percentage = (value: number): string => (value * 100).toFixed(1);

/** Figures of a stream that people are shown; the JSON has all. */
const perYear: Shown = { name: 'a year, %', figure: 'twrAnnualised', text: percentage };
const sharpe: Shown = { name: 'Sharpe', figure: 'sharpe', text: ratio };
const drawdown: Shown = { name: 'max drawdown, %', figure: 'maxDrawdown', text: percentage };

function range(value: number | null, spread: { readonly low: number; readonly high: number } | null, text: Shown['text']): string {
  if (value === null) return '';
  return spread === null ? text(value) : `${text(value)} (${text(spread.low)} to ${text(spread.high)})`;
}

function deflatedBlocks({ meta, profiles }: BacktestRobustness): Block[] {
  const known = profiles.flatMap(({ risk, annualisationDays, deflatedSharpe: found }) =>
    found?.status === 'known' ? [{ risk, rootOfYear: Math.sqrt(annualisationDays), found }] : [],
  );
  const unknown = profiles.flatMap(({ risk, deflatedSharpe: found }) =>
    found?.status === 'UNKNOWN' ? [{ risk, reason: found.reason }] : [],
  );
  if (known.length + unknown.length === 0) return [];
  const counted = known
    .slice(0, 1)
    .map(
      ({ found }) =>
        `At least ${found.trials} recorded ${found.trials === 1 ? 'trial' : 'trials'} of ${meta}; ` +
        'what was tried elsewhere is not among them.',
    );
  return [
    heading('Deflated Sharpe ratio'),
    lines(
      ...counted,
      'By luck: what the best of so many without skill is expected to show. ' +
        'Then the probabilities that the true ratio is above that, and above 0.',
      ...unknown.map(({ risk, reason }) => `${risk}: UNKNOWN, ${reason}.`),
    ),
    ...(known.length === 0
      ? []
      : [
          table(
            ['profile', 'Sharpe', 'by luck', 'above luck', 'above 0'],
            known.map(({ risk, rootOfYear, found }) => [
              risk,
              ratio(found.sharpePerRow * rootOfYear),
              ratio(found.expectedMaximum * rootOfYear),
              percent(found.deflated),
              percent(found.probabilistic),
            ]),
          ),
        ]),
  ];
}

type Answer = 'bands' | 'startOffsets' | 'splits';
type Evaluated<Name extends Answer> = Extract<ProfileRobustness[Name], { readonly status: 'evaluated' }>;
type With<Name extends Answer> = ProfileRobustness & { readonly [name in Name]: Evaluated<Name> };

/** A heading, what is said of the profiles that were evaluated, and why the others were not; nothing where the check was not asked for. */
function section<Name extends Answer>(
  title: string,
  { profiles }: BacktestRobustness,
  name: Name,
  blocks: (evaluated: readonly [With<Name>, ...With<Name>[]]) => Block[],
): Block[] {
  if (profiles.every((profile) => profile[name] === null)) return [];
  const isEvaluated = (profile: ProfileRobustness): profile is With<Name> => profile[name]?.status === 'evaluated';
  const [first, ...rest] = profiles.filter(isEvaluated);
  const reasons = profiles.flatMap((profile) => {
    const found = profile[name];
    return found?.status === 'not evaluated' ? [`${profile.risk}: not evaluated, ${found.reason}.`] : [];
  });
  return [heading(title), ...(first === undefined ? [] : blocks([first, ...rest])), ...(reasons.length === 0 ? [] : [lines(...reasons)])];
}

const streamFigures = [perYear, sharpe, drawdown];

function bandBlocks(answer: BacktestRobustness): Block[] {
  return section('Block bootstrap', answer, 'bands', (found) => {
    const [{ bands, decided: last }] = found;
    const sleeves = Object.keys(last);
    return [
      lines(
        `${answer.replicates} replicates in blocks of ${bands.blockRows} rows, seed ${answer.seed}: ` +
          'as recorded, with the quantiles at 5 % and 95 %.',
      ),
      table(
        ['profile', ...streamFigures.map(({ name }) => name)],
        found.map(({ risk, figures, bands: { metrics } }) => [
          risk,
          ...streamFigures.map(({ figure, text }) => range(figures[figure] ?? null, metrics[figure] ?? null, text)),
        ]),
      ),
      table(
        ['last weights, %', ...sleeves],
        found.map(({ risk, decided, bands: { weights } }) => [
          risk,
          ...sleeves.map((id) => range(decided[id]!, weights[id] ?? null, percentage)),
        ]),
      ),
    ];
  });
}

function offsetBlocks(answer: BacktestRobustness): Block[] {
  return section('Start offsets', answer, 'startOffsets', (found) => {
    const { dates } = found[0].startOffsets;
    return [
      lines(
        `${answer.offsets} starts, each a row later, on ${dates.length} common dates from ${dates[0]} to ${dates.at(-1)}: ` +
          'the median, with the least and the greatest, and the place of the recorded start by its Sharpe ratio.',
      ),
      table(
        ['profile', perYear.name, sharpe.name, 'place'],
        found.map(({ risk, startOffsets: { spreads } }) => {
          const of = ({ figure }: Shown) => spreads.find((spread) => spread.figure === figure);
          const shown = [perYear, sharpe].map((one) => {
            const spread = of(one);
            return spread === undefined ? '' : range(spread.median, { low: spread.min, high: spread.max }, one.text);
          });
          const place = of(sharpe);
          return [risk, ...shown, place === undefined ? '' : `${place.rankOfZero} of ${answer.offsets}`];
        }),
      ),
    ];
  });
}

/** Median, least and greatest of the values that there are. */
function spreadOf(values: readonly (number | null)[], text: Shown['text']): string {
  const sorted = Float64Array.from(values.filter((value) => value !== null)).toSorted();
  if (sorted.length === 0) return '';
  return range(linearQuantile(sorted, 0.5), { low: sorted[0]!, high: sorted.at(-1)! }, text);
}

function splitBlocks(answer: BacktestRobustness): Block[] {
  return section('Purged combinatorial splits: not walk-forward', answer, 'splits', (found) => {
    const { groups, testGroups, purgeRows, embargoRows, trainRowsMin } = found[0].splits;
    return [
      lines(
        `${groups} groups of joined rows, ${testGroups} tested at a time; ${purgeRows} rows purged before a test and ${embargoRows} ` +
          `after it; splits with fewer than ${trainRowsMin} rows to learn from are not run. Histories at constant capital, ` +
          'without costs of the portfolio: the median, with the least and the greatest.',
      ),
      table(
        ['profile', 'splits run', 'histories', perYear.name, sharpe.name],
        found.map(({ risk, splits: { splits, paths, pathsAtMost } }) => [
          risk,
          `${splits.filter(({ weights }) => weights !== null).length} of ${splits.length}`,
          `${paths.length} of ${pathsAtMost}`,
          ...[perYear, sharpe].map(({ figure, text }) =>
            spreadOf(
              paths.map((path) => path[figure]),
              text,
            ),
          ),
        ]),
      ),
    ];
  });
}

/** Common dates as their number, the first and the last. */
function withoutDates({ startOffsets, ...profile }: ProfileRobustness): object {
  if (startOffsets?.status !== 'evaluated') return { ...profile, startOffsets };
  const { dates, ...found } = startOffsets;
  return { ...profile, startOffsets: { ...found, dates: { rows: dates.length, first: dates[0], last: dates.at(-1) } } };
}

/** What `backtest robustness` answers. */
export function robustnessOutcome(answer: BacktestRobustness): Outcome {
  return {
    result: { ...answer, profiles: answer.profiles.map(withoutDates), recorded: false },
    people: [
      heading(`How much of backtest ${answer.runId} is luck`),
      ...deflatedBlocks(answer),
      ...bandBlocks(answer),
      ...offsetBlocks(answer),
      ...splitBlocks(answer),
    ],
  };
}
