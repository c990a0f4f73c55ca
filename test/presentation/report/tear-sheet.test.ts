import { describe, expect, test } from '@jest/globals';
import { tearSheetOf } from '../../../domain/tear-sheet/tear-sheet.ts';
import { type TearSheetInput, withoutParts } from '../../../domain/tear-sheet/tear-sheet-input.ts';
import { createCharts } from '../../../infra/charts/echarts.ts';
import { renderHtml } from '../../../presentation/report/html.ts';
import { renderMarkdown } from '../../../presentation/report/markdown.ts';
import type { ReportDocument } from '../../../presentation/report/model/document.ts';
import { tearSheetBlocks } from '../../../presentation/report/tear-sheet/tear-sheet.ts';
import { wholeSheet } from '../../domain/tear-sheet/whole-sheet.ts';

function documentOf(input: TearSheetInput): ReportDocument {
  return {
    title: input.name,
    lead: input.basis,
    sections: [{ id: 'sheet', title: 'Sheet', blocks: tearSheetBlocks(tearSheetOf(input), 'desk') }],
  };
}

const { returns } = wholeSheet;
const short: TearSheetInput = {
  ...wholeSheet,
  ...withoutParts,
  returns: { dates: returns.dates.slice(0, 12), values: returns.values.slice(0, 12) },
};

describe('a page of a tear sheet', () => {
  test('shows every part of a run that has them all', async () => {
    const markdown = renderMarkdown(documentOf(wholeSheet));
    const expected = [
      'Figures, net, out-of-sample',
      'equal weight (look-ahead)',
      'Monthly returns',
      'Worst drawdowns: 10 of 10, 8.9 rows long on average',
      'Tails of the daily returns',
      'AMEX:SPY, on 104 common dates',
      'Weights of sleeves',
      'Targets moved by 40.00 % per decision on average, two-sided, after a first purchase of 100.00 %.',
      'Contribution to risk by sleeve',
      'Turnover 140.00 % two-sided in 2 trades',
      'Sleeve by sleeve the same trades would have cost 0.01 % more.',
      'Correlations (sample)',
      'Windows: 1,',
      'after at least 8 recorded trials',
      'Bands of the block bootstrap',
      'Start offsets, on 104 common dates',
      'CONFORMANT',
      'crypto-2020-06-30-0123456789abcdef',
      'every sleeve within its bounds',
      'No anomaly',
    ];
    for (const text of expected) expect(markdown.replaceAll('\\', '')).toContain(text);
    expect(markdown).not.toContain('Not part of this run');
    const html = await renderHtml(createCharts(), documentOf(wholeSheet));
    expect([...html.matchAll(/data-chart="([^"]+)-desk"/g)].map(([, name]) => name)).toEqual([
      'equity',
      'drawdown',
      'rolling-volatility',
      'rolling-sharpe',
      'rolling-beta',
      'weights',
      'risk-joint-sleeves',
      'turnover',
      'costs',
      'tree',
    ]);
  });

  test('gives the worst drawdown with its dates, and the one that is not over', () => {
    const markdown = renderMarkdown(documentOf(wholeSheet));
    expect(markdown).toContain('| 2020-03-06 | 2020-03-18 | 2020-04-17 | -15.47 % | 8 | 29 | 42 |');
    expect(markdown).toContain('| 2020-06-10 | 2020-06-11 | **not yet** | -1.94 % | 1 | none | none |');
  });

  test('annualises nothing of twelve rows, and says why', () => {
    const markdown = renderMarkdown(documentOf(short));
    expect(markdown).toContain('12 returns are too few for any figure a year');
    expect(markdown).toContain('Rolling figures need more than 20 rows; there are 12.');
    expect(markdown).toMatch(/\| desk hrp \| [^|]+ % \| none \| none \| none \| none \| none \| none \| /);
  });

  test('names what is not part of a run, and marks months that it does not hold whole', () => {
    const markdown = renderMarkdown(documentOf(short));
    expect(markdown).toContain(
      'Not part of this run: streams of sleeves, baselines, a benchmark, weights over time, contribution to risk, turnover and costs, ' +
        'what trades across sleeves would have cost, windows, correlations, a tree of clusters, acceptance verdicts, parity, ' +
        'runs of sleeves, robustness.',
    );
    expect(markdown).toMatch(/\| 2020 \|.* % ?\\\* \|/);
  });
});
