import type { RegimeReading } from './regime.ts';
import type { Quadrant, RegimeLabel } from './schemas.ts';
import type { WindowRegimes } from './window-regimes.ts';

type LabelCounts = Record<RegimeLabel, number>;

export interface RegimeSummary {
  readonly windows: number;
  /** Windows by the label of their decision. */
  readonly decisions: LabelCounts;
  /** Windows whose decision had too few rows for a label. */
  readonly unreachable: LabelCounts;
  readonly live: {
    readonly rows: number;
    readonly label: RegimeLabel;
    readonly score: number;
    readonly quadrant: Quadrant;
    readonly unreachable: readonly RegimeLabel[];
  };
  /** Of the windows that have both readings, those whose rows turned out to have another label; null where none has both. */
  readonly realised: { readonly compared: number; readonly differing: number; readonly shareDiffering: number | null };
}

function countsOf(labels: readonly RegimeLabel[]): LabelCounts {
  const counts: LabelCounts = { QUIET: 0, NORMAL: 0, TURBULENT: 0, CRISIS: 0 };
  for (const label of labels) counts[label]++;
  return counts;
}

/** Whether there were rows enough to look at; below twenty the label is NORMAL by rule. */
export function wasRead({ components }: RegimeReading): boolean {
  return components !== null;
}

/** What a run says of its regimes in few figures. */
export function regimeSummary({ windows, live }: WindowRegimes): RegimeSummary {
  const decisions = windows.map(({ decision }) => decision.reading);
  const both = windows.filter(({ decision, realised }) => wasRead(decision.reading) && wasRead(realised.reading));
  const differing = both.filter(({ decision, realised }) => decision.reading.label !== realised.reading.label).length;
  const { rows, label, score, quadrant, unreachable } = live.decision.reading;
  return {
    windows: windows.length,
    decisions: countsOf(decisions.map((reading) => reading.label)),
    unreachable: countsOf(decisions.flatMap((reading) => reading.unreachable)),
    live: { rows, label, score, quadrant, unreachable },
    realised: { compared: both.length, differing, shareDiffering: both.length === 0 ? null : differing / both.length },
  };
}
