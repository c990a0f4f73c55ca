import type { SleeveRunOpened } from '../../domain/sleeve-run/events.ts';
import { type Block, lines } from './verb.ts';

type Universe = NonNullable<SleeveRunOpened['options']['universe']>;

/** Who found the symbols of a run, and what was found without a price. */
export function universeBlock({ scans, found, unpriced, labels }: Universe): Block {
  const names = scans.map(({ scanner, asOf, verdict }) => `${scanner}@${asOf} (${verdict})`);
  return lines(
    `Universe of ${names.join(', ')}: ${found.length} symbols with a price, ${unpriced.length} without.`,
    ...labels.map((label) => `! ${label}: prices from before a scan are used, which knew how they went on.`),
  );
}

const foundWords = ({ symbol, by }: Universe['found'][number]): string =>
  `${symbol} (${by.map(({ scanner, rank }) => `${scanner} ${rank}`).join(', ')})`;

export function universeWarnings({ scans, unpriced, labels }: Universe): string[] {
  return [
    ...scans.flatMap(({ scanner, asOf, lacking }) => (lacking.length === 0 ? [] : [`scan ${scanner}@${asOf}: ${lacking.join('; ')}`])),
    ...(unpriced.length === 0 ? [] : [`unpriced, and left out: ${unpriced.map(foundWords).join(', ')}`]),
    ...labels,
  ];
}
