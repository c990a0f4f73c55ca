import type { TournamentCompleted, TournamentStarted } from '../domain/tournament-run/events.ts';
import type { BacktestStarted, TestedProfileFacts } from '../domain/backtest-run/events.ts';
import type { DomainEvent } from '../domain/catalogue.ts';
import { inputsIdentity } from '../domain/run/supply-input.ts';
import { canonicalJson } from '../domain/shared/canonical-json.ts';
import type { Projection, Row, Rows } from './projection.ts';

/** `run/<runId>`: what a backtest or a tournament was given. */
export interface GivenRow {
  /** Names under which its portfolio or its sleeve is known: as requested, and its profile. */
  readonly names: readonly string[];
  /** Prices with what was asked for of them, and settings: each as a text that is the same for the same. */
  readonly data: string;
  readonly settings: string;
}

/** A profile that was tested, or an entrant that competed. */
export interface TestedStream {
  readonly risk: string;
  /**
   * Its net returns as a text: of a backtest their figures, which two streams do not share to the last digit; of a tournament the address
   * of the stream that speaks for those that are the same.
   */
  readonly figures: string;
  /** Mean over standard deviation (divisor n-1) per row; null where the returns do not vary. */
  readonly sharpePerRow: number | null;
}

/** `trial/<name>/<runId>` of a portfolio, `sleeve-trial/<name>/<runId>` of a sleeve: what was tested of it, in one run. */
export interface TrialRow extends Omit<GivenRow, 'names'> {
  readonly runId: string;
  readonly tested: readonly TestedStream[];
}

export const trialPrefix = (name: string): string => `trial/${name}/`;
export const sleeveTrialPrefix = (name: string): string => `sleeve-trial/${name}/`;
export const givenKey = (runId: string): string => `run/${runId}`;

function given({ meta, profile, definition, options, sleeves }: BacktestStarted): GivenRow {
  const { join, projection } = options;
  return {
    names: [...new Set([meta, profile])],
    data: canonicalJson(
      sleeves.map(({ path, options: asked, inputs }) => ({
        path,
        asked,
        inputs: inputsIdentity(inputs),
      })),
    ),
    settings: canonicalJson({ definition: definition.sha256, join, projection }),
  };
}

function givenTo({ sleeve, profile, definition, options, inputs }: TournamentStarted): GivenRow {
  return {
    names: [...new Set([sleeve, profile])],
    data: canonicalJson({ asked: options, inputs: inputsIdentity(inputs) }),
    settings: canonicalJson({ definition: definition.sha256 }),
  };
}

/** Entrants with one stream have one text. */
function competed({ entrants }: TournamentCompleted): TestedStream[] {
  const addressOf = new Map(entrants.map(({ id, held }) => [id, held.stream.sha256]));
  return entrants.map(({ id, identicalTo, held }) => ({
    risk: id,
    figures: addressOf.get(identicalTo ?? id)!,
    sharpePerRow: held.sharpePerRow,
  }));
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
  if (event.type === 'TournamentStarted') return [{ key: givenKey(event.data.runId), value: { ...givenTo(event.data) } }];
  if (event.type !== 'BacktestCompleted' && event.type !== 'TournamentCompleted') return [];
  const { runId } = event.data;
  const before = rows(givenKey(runId)) as GivenRow | null;
  if (before === null) return [];
  const { names, data, settings } = before;
  const [prefix, tested] =
    event.type === 'BacktestCompleted' ? [trialPrefix, event.data.tested.map(streamOf)] : [sleeveTrialPrefix, competed(event.data)];
  const value = { runId, data, settings, tested: tested.map((stream) => ({ ...stream })) };
  return names.map((name) => ({ key: `${prefix(name)}${runId}`, value }));
}

/** What was tested of each portfolio and of each sleeve: how many trials there were before one was chosen is a look-up. */
export const backtestTrials: Projection = {
  name: 'backtest-trials',
  version: 2,
  types: ['BacktestStarted', 'BacktestCompleted', 'TournamentStarted', 'TournamentCompleted'],
  keysFor: (event) => (event.type === 'BacktestCompleted' || event.type === 'TournamentCompleted' ? [givenKey(event.data.runId)] : []),
  apply,
};
