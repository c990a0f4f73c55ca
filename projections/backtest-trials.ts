import type { BacktestStarted, TestedProfileFacts } from '../domain/backtest-run/events.ts';
import type { DomainEvent } from '../domain/catalogue.ts';
import { canonicalJson } from '../domain/shared/canonical-json.ts';
import type { Projection, Row, Rows } from './projection.ts';

/** `run/<runId>`: what a backtest was given. */
export interface GivenRow {
  /** Names under which its portfolio is known: as requested, and its profile. */
  readonly names: readonly string[];
  /** Prices with what was asked for of them, and settings: each as a text that is the same for the same. */
  readonly data: string;
  readonly settings: string;
}

/** A profile that was tested. */
export interface TestedStream {
  readonly risk: string;
  /** The figures of its net returns as a text: two streams do not share them all to the last digit. */
  readonly figures: string;
  /** Mean over standard deviation (divisor n-1) per row; null where the returns do not vary. */
  readonly sharpePerRow: number | null;
}

/** `trial/<name>/<runId>`: what was tested of a portfolio, in one backtest. */
export interface TrialRow extends Omit<GivenRow, 'names'> {
  readonly runId: string;
  readonly tested: readonly TestedStream[];
}

export const trialPrefix = (name: string): string => `trial/${name}/`;
export const givenKey = (runId: string): string => `run/${runId}`;

function given({ meta, profile, definition, options, sleeves }: BacktestStarted): GivenRow {
  const { join, projection } = options;
  return {
    names: [...new Set([meta, profile])],
    data: canonicalJson(
      sleeves.map(({ path, options: asked, inputs }) => ({
        path,
        asked,
        inputs: inputs.map(({ table, defects }) => ({ table: table.sha256, defects })),
      })),
    ),
    settings: canonicalJson({ definition: definition.sha256, join, projection }),
  };
}

function streamOf({ risk, first, last, metrics }: TestedProfileFacts): TestedStream {
  const { sharpe, annualisationDays } = metrics;
  return {
    risk,
    figures: canonicalJson({ first, last, metrics }),
    sharpePerRow: sharpe === null ? null : sharpe / Math.sqrt(annualisationDays),
  };
}

function apply(event: DomainEvent, rows: Rows): readonly Row[] {
  if (event.type === 'BacktestStarted') return [{ key: givenKey(event.data.runId), value: { ...given(event.data) } }];
  if (event.type !== 'BacktestCompleted') return [];
  const { runId, tested } = event.data;
  const before = rows(givenKey(runId)) as GivenRow | null;
  if (before === null) return [];
  const { names, data, settings } = before;
  const value = { runId, data, settings, tested: tested.map((profile) => ({ ...streamOf(profile) })) };
  return names.map((name) => ({ key: `${trialPrefix(name)}${runId}`, value }));
}

/** What was tested of each portfolio: how many trials there were before one was chosen is a look-up. */
export const backtestTrials: Projection = {
  name: 'backtest-trials',
  version: 1,
  types: ['BacktestStarted', 'BacktestCompleted'],
  keysFor: (event) => (event.type === 'BacktestCompleted' ? [givenKey(event.data.runId)] : []),
  apply,
};
