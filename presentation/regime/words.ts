import type { EventData } from '../../domain/catalogue.ts';
import type { RegimeReading } from '../../domain/regime/regime.ts';
import type { RegimeLabel } from '../../domain/regime/schemas.ts';
import type { DatedRegime } from '../../domain/regime/window-regimes.ts';
import type { AdaptiveRecord } from '../../domain/risk/schemas.ts';
import { decimal, percent } from '../report/model/document.ts';

const nameOf = {
  volatility_ratio: 'recent over whole deviation',
  turbulence: 'share of energy in Haar details',
  autocorrelation: 'autocorrelation of |r|',
  permutation_entropy: 'permutation entropy',
  hurst: 'distance from a random walk (2|H - 0.5|)',
  unit_root: 'p-value of a unit root',
  kurtosis: 'excess kurtosis over 10',
  hidden_markov: 'hidden states',
} as const satisfies Record<string, string>;

const termName = (component: string): string => (nameOf as Readonly<Record<string, string>>)[component] ?? component;

function termLines({ terms }: RegimeReading): string[] {
  const width = Math.max(0, ...terms.map(({ component }) => termName(component).length));
  return terms.map(({ component, weight, value }) => {
    const shown = value === null ? 'not evaluated' : `${decimal(value)} = ${decimal(weight * value)}`;
    return `  ${termName(component).padEnd(width)}  ${weight.toFixed(2)} x ${shown}`;
  });
}

/** What stands between the sum of the terms and the score, and between the score and the label. */
function ruleLines({ score, rawScore, label, labelByScore, quadrant, hiddenMarkov }: RegimeReading): string[] {
  const flagged = label === 'CRISIS' ? 'a crisis of the quadrant or of the hidden states, with a score above 1.5' : 'the spectral flag';
  return [
    ...(score === rawScore
      ? []
      : [`The terms add up to ${decimal(rawScore)}; rules for calm and extreme series make it ${decimal(score)}.`]),
    ...(label === labelByScore ? [] : [`By its score alone it would be ${labelByScore}: ${flagged} makes it ${label}.`]),
    ...(hiddenMarkov === null
      ? []
      : [
          `The hidden state of large moves has a probability of ${percent(hiddenMarkov.lastProbability, 0)}: a hint, which acts under ` +
            `the spectral flag and above a score of 1.5 alone${quadrant === 'CRISIS' ? ', as the quadrant of crisis does' : ''}.`,
        ]),
  ];
}

function list(labels: readonly string[]): string {
  return labels.length < 2 ? labels.join('') : `${labels.slice(0, -1).join(', ')} or ${labels.at(-1)!}`;
}

const counted = (rows: number): string => `${rows} ${rows === 1 ? 'row' : 'rows'}`;

/** A reading line by line: label, score with each weight times its value, what was not evaluated, what so many rows cannot be. */
export function regimeInWords({ first, last, reading }: DatedRegime): string[] {
  const { rows, label, score, components, quadrant, growth, stress, notEvaluated, unreachable } = reading;
  const span = `${counted(rows)} from ${first} to ${last}`;
  const barred = unreachable.length === 0 ? [] : [`No series of ${counted(rows)} can be ${list(unreachable)} under these settings.`];
  if (components === null) return [`Regime ${label} by rule: ${span} are too few to look at, 20 are needed.`, ...barred];
  const moving = growth === null || stress === null ? '' : ` (growth ${percent(growth, 1)} a year, stress ${decimal(stress, 2)})`;
  return [
    `Regime ${label}, score ${decimal(score)}, of ${span}.`,
    ...termLines(reading),
    ...ruleLines(reading),
    `Quadrant ${quadrant}${moving}.`,
    ...(notEvaluated.length === 0 ? [] : [`Not evaluated, and counted as 0: ${notEvaluated.map(termName).join(', ')}.`]),
    ...barred,
  ];
}

/** Which profile an adaptive decision was, and why. */
export function adaptiveInWords({ profile, mapping, label, quadrant, score, fallbackBecause }: AdaptiveRecord): string {
  if (fallbackBecause !== null) return `Solved as ${profile}, the fallback: ${fallbackBecause}.`;
  const by = mapping === 'quadrant' ? `quadrant ${quadrant}` : `regime ${label} (score ${decimal(score)})`;
  return `Solved as ${profile}, by the ${by}.`;
}

function countsInWords(counts: Readonly<Record<RegimeLabel, number>>): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.map(([label, count]) => `${count} ${label}`).join(', ');
}

/** The regimes of a run in a few sentences; the readings stand in its document. */
export function regimesInWords({ windows, decisions, unreachable, live, realised }: EventData<'RegimesDetected'>): string[] {
  const barred = countsInWords(unreachable);
  return [
    `Regimes of ${windows} ${windows === 1 ? 'decision' : 'decisions'}: ${countsInWords(decisions)}. Now ${live.label}, score ` +
      `${decimal(live.score, 2)}, quadrant ${live.quadrant}, of ${counted(live.rows)}.`,
    ...(barred === '' ? [] : [`Decisions that could not have a label, by their rows or by the spectral flag: ${barred}.`]),
    ...(realised.shareDiffering === null
      ? []
      : [`In hindsight ${realised.differing} of ${realised.compared} windows turned out to have another label.`]),
  ];
}
