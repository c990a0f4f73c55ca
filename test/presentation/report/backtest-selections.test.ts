/** What the report of a backtest says of the sleeves that select. */
import { describe, expect, test } from '@jest/globals';
import type { SleeveSelected } from '../../../domain/backtest-run/events.ts';
import { selectionBlocks } from '../../../presentation/report/backtest/selections.ts';

type Decision = SleeveSelected['decisions'][number];

function decision(
  scope: Decision['scope'],
  window: number | null,
  symbols: readonly string[],
  aborted: Decision['aborted'] = [],
): Decision {
  return {
    scope,
    window,
    first: '2022-01-03',
    newestRead: `2022-0${(window ?? 8) + 1}-28`,
    candidates: 9,
    entered: symbols.map((symbol) => ({ symbol, direction: 'LONG' as const })),
    aborted,
    vetoes: { histogram: [], share: 0 },
    record: { kind: 'document', sha256: 'a'.repeat(64), bytes: 1, mediaType: 'application/json' },
  };
}

const selected = (decisions: Decision[]): SleeveSelected => ({
  runId: 'r',
  path: ['funds', 'long'],
  mode: 'v4',
  verdict: 'degraded',
  labels: decisions.some(({ scope }) => scope === 'static') ? ['selection look-ahead'] : [],
  decisions,
});

const texts = (blocks: ReturnType<typeof selectionBlocks>): string[] =>
  blocks.flatMap((block) => {
    if (block.kind === 'table') return block.rows.map((row) => row.map(({ text }) => text).join(' | '));
    return block.kind === 'paragraph' ? [block.text] : [];
  });

describe('the selections in the report of a backtest', () => {
  test('are a row for each sleeve, with windows in cash and why; the live decision takes no part', () => {
    const dynamic = selected([
      decision('window', 0, ['NYSE:A', 'NYSE:B']),
      decision('window', 1, [], ['min_winners']),
      decision('window', 2, ['NYSE:B', 'NYSE:C', 'NYSE:D']),
      decision('window', 3, [], ['veto_share', 'min_winners']),
      decision('live', null, ['NYSE:Z']),
    ]);
    expect(texts(selectionBlocks([dynamic]))).toEqual([
      'funds/long | v4 | in each window | 4 | 2 | 2.5 | 25.00 %',
      'funds/long holds cash in 2 of 4 windows: min_winners after 2022-02-28; veto_share and min_winners after 2022-04-28.',
    ]);
  });

  test('of a static universe are one decision without a series', () => {
    expect(texts(selectionBlocks([selected([decision('static', null, ['NYSE:A', 'NYSE:B'])])]))).toEqual([
      'funds/long | v4 | once, from the last rows | - | 0 | 2.0 | none',
    ]);
  });

  test('are left out where no sleeve selects', () => {
    expect(selectionBlocks([])).toEqual([]);
  });
});
