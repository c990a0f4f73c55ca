import { dataOf } from '../shared/facts.ts';
import { selectionLookAheadLabel } from '../sleeve-selection/recorded.ts';
import type { BacktestDetail } from './detail.ts';
import type { SleeveSelected, TestedProfileFacts, WindowAllocated } from './events.ts';
import type { BacktestEvent } from './slice.ts';

/** A decision that read what it could not know, or that does not say what it read. */
export interface LookAheadFault {
  readonly risk: string;
  /** The portfolio that decided, or the sleeve. */
  readonly path: readonly string[];
  /** Number of the decision, or of the sleeve's window. */
  readonly index: number;
  readonly what: string;
}

/** What stands beside the facts of a tested profile. */
export interface ProfileEvidence {
  /** Dates that the book reports, and all dates that its sleeves share. */
  readonly reported: readonly string[];
  readonly joined: readonly string[];
  readonly detail: BacktestDetail;
  /** Out-of-sample dates of each sleeve, in the order of the facts. */
  readonly streams: readonly (readonly string[])[];
}

export interface LookAheadProof {
  /** Decisions of portfolios, windows of sleeves, and selections for them, that were looked at. */
  readonly decisions: number;
  readonly sleeveWindows: number;
  readonly selections: number;
  /** Sleeves, by path, whose symbols were selected once for all windows: they look ahead, and say so. */
  readonly selectedAhead: readonly string[];
  readonly faults: readonly LookAheadFault[];
}

interface Read {
  readonly newestRead: string;
  readonly first: string;
  readonly last: string;
}

/** The order of one decision's dates; what it read is strictly before what it earns. */
function faultOf({ newestRead, first, last }: Read): string | null {
  if (!(newestRead < first)) return `it read ${newestRead}, and earns from ${first}`;
  return first <= last ? null : `it earns from ${first} to ${last}`;
}

/** Whether each of some decisions begins with the date behind its newest row, and ends where the next has read. */
function coverageFault(reads: readonly Read[], index: number, dates: readonly string[]): string | null {
  const { newestRead, first } = reads[index]!;
  const behind = dates.find((date) => date > newestRead);
  if (behind !== first) return `the first date behind ${newestRead} is ${behind ?? 'none'}, not ${first}`;
  const before = reads[index - 1];
  return before === undefined || before.last === newestRead ? null : `the decision before it earns to ${before.last}, not to ${newestRead}`;
}

function windowsOf(facts: readonly BacktestEvent[], risk: string): WindowAllocated[] {
  return dataOf(facts, 'WindowAllocated').filter((window) => window.risk === risk);
}

function decisionFaults(windows: readonly WindowAllocated[], { joined, detail }: ProfileEvidence): LookAheadFault[] {
  return windows.flatMap((window) => {
    const { risk, path, index } = window;
    const own = windows.filter((other) => other.path.join('/') === path.join('/'));
    const at = own.indexOf(window);
    const later = Object.entries(window.sleeveReads).filter(([, read]) => read > window.newestRead);
    const unread = Object.entries(window.sleeveReads).filter(([id, read]) => {
      const sleeve = detail.sleeves.find((one) => one.path.join('/') === [...path, id].join('/'));
      return sleeve !== undefined && !sleeve.windows.some(({ newestRead }) => newestRead === read);
    });
    const found = [
      faultOf(window),
      path.length === 0 ? coverageFault(own, at, joined) : null,
      ...later.map(([id, read]) => `it takes over a target of ${id} that read ${read}`),
      ...unread.map(([id, read]) => `no window of ${id} read ${read}`),
    ];
    return found.flatMap((what) => (what === null ? [] : [{ risk, path, index, what }]));
  });
}

function sleeveFaults({ risk }: TestedProfileFacts, { detail, streams }: ProfileEvidence): LookAheadFault[] {
  return detail.sleeves.flatMap(({ path, windows }, sleeve) =>
    windows.flatMap((window, index) => {
      const found = [faultOf(window), coverageFault(windows, index, streams[sleeve]!)];
      return found.flatMap((what) => (what === null ? [] : [{ risk, path, index, what }]));
    }),
  );
}

type Selection = SleeveSelected['decisions'][number];

/** What a selection read, beside the window that holds what it chose. */
function selectionFault({ first, newestRead, scope }: Selection, window: Read | undefined, isLabelled: boolean): string | null {
  if (first > newestRead) return `its selection read from ${first} to ${newestRead}`;
  if (window === undefined) return `a selection of ${newestRead} has no window`;
  if (newestRead <= window.newestRead || (scope === 'static' && isLabelled)) return null;
  return `its selection read ${newestRead}, and the window ${window.newestRead}`;
}

/** That each window of a sleeve holds what was chosen by rows that it had read itself; a selection for all of them must be labelled. */
function selectionFaults(selected: readonly SleeveSelected[], { risk }: TestedProfileFacts, { detail }: ProfileEvidence): LookAheadFault[] {
  return selected.flatMap(({ path, decisions, labels }) => {
    const { windows } = detail.sleeves.find((one) => one.path.join('/') === path.join('/'))!;
    const isLabelled = labels.includes(selectionLookAheadLabel);
    const ofWindows = decisions.filter(({ scope }) => scope === 'window');
    const [only] = decisions;
    const choosing = only?.scope === 'static' ? windows.map(() => only) : ofWindows;
    const found = choosing.map((selection, index) => ({ index, what: selectionFault(selection, windows[index], isLabelled) }));
    const unchosen = windows.slice(choosing.length).map((_, at) => ({ index: choosing.length + at, what: 'nothing was selected for it' }));
    return [...found, ...unchosen].flatMap(({ index, what }) => (what === null ? [] : [{ risk, path, index, what }]));
  });
}

/** Every reported date is earned by exactly one decision of the portfolio itself. */
function earnedFaults(windows: readonly WindowAllocated[], { risk }: TestedProfileFacts, { reported }: ProfileEvidence): LookAheadFault[] {
  const own = windows.filter(({ path }) => path.length === 0);
  return reported.flatMap((date) => {
    const earning = own.filter(({ first, last }) => first <= date && date <= last).length;
    return earning === 1 ? [] : [{ risk, path: [], index: 0, what: `${earning} decisions earn ${date}` }];
  });
}

/**
 * Looks for look-ahead in the facts of a backtest: for every decision, at both tiers, that the newest row it read is strictly before the
 * first date it earns, that this date is the very next one, that no sleeve's target is taken over that had read more, and that no window
 * holds what was selected by rows behind its own. `evidence` is keyed by risk profile.
 */
export function lookAheadProof(facts: readonly BacktestEvent[], evidence: ReadonlyMap<string, ProfileEvidence>): LookAheadProof {
  const [completed] = dataOf(facts, 'BacktestCompleted');
  const tested = completed?.tested ?? [];
  const selected = dataOf(facts, 'SleeveSelected');
  const faults = tested.flatMap((profile) => {
    const beside = evidence.get(profile.risk)!;
    const windows = windowsOf(facts, profile.risk);
    return [
      ...decisionFaults(windows, beside),
      ...sleeveFaults(profile, beside),
      ...selectionFaults(selected, profile, beside),
      ...earnedFaults(windows, profile, beside),
    ];
  });
  return {
    decisions: dataOf(facts, 'WindowAllocated').length,
    sleeveWindows: tested.reduce((sum, { sleeves }) => sum + sleeves.reduce((windows, sleeve) => windows + sleeve.windows, 0), 0),
    selections: selected.reduce((sum, { decisions }) => sum + decisions.length, 0),
    selectedAhead: selected.filter(({ labels }) => labels.length > 0).map(({ path }) => path.join('/')),
    faults,
  };
}
