import { selectionLookAheadIn } from '../../../domain/backtest-run/selection-look-ahead.ts';
import { selectionLookAheadInWords } from '../../../domain/run/selection-look-ahead.ts';
import type { BacktestStarted, TestedProfileFacts } from '../../../domain/backtest-run/events.ts';
import { type Block, type Cell, cell, code, columns, paragraph, table } from '../model/document.ts';
import type { BacktestReport } from './model.ts';

/** What has to be known before any figure is read. */

function universeText(started: BacktestStarted): Block {
  const { universeLookAhead, rangeEnd } = started;
  const scanned = selectionLookAheadIn(started);
  if (scanned.length > 0)
    return paragraph(
      `The choice of symbols is not out-of-sample: ${scanned.map((one) => `${one.path}: ${selectionLookAheadInWords(one)}`).join('; ')}.`,
      'warn',
    );
  return universeLookAhead
    ? paragraph(
        `The choice of symbols is not out-of-sample (universe_look_ahead): they were kept by their coverage up to ${rangeEnd}, the end ` +
          'of the range. With backtest.universe: as_of_start they are chosen by what was known when the first window began.',
        'warn',
      )
    : paragraph('The universe was chosen by what was known when the first window began, and is out-of-sample too.', 'good');
}

function learningText({ params }: BacktestStarted): Block {
  return params.meta_rows === 'expanding'
    ? paragraph('Decisions learn from all joined rows up to each (meta_rows: expanding), as a live allocation does.', 'good')
    : paragraph(
        `This is not the rule of the live allocation: decisions learn from the last ${params.train_window} joined rows (meta_rows: ` +
          'trailing), a live allocation from all of them (meta_rows: expanding).',
        'warn',
      );
}

/** Which sleeves were selected by rows that their windows had not seen; nothing where none was. */
function selectedAheadText({ proof: { selectedAhead } }: BacktestReport): Block[] {
  if (selectedAhead.length === 0) return [];
  return [
    paragraph(
      `Selection look-ahead in ${selectedAhead.join(', ')}: the symbols were selected once, by the last rows, and held in every window. ` +
        'With backtest.dynamic_universe: true each window selects by its own training rows.',
      'warn',
    ),
  ];
}

function proofText({ proof }: BacktestReport): Block {
  const { decisions, sleeveWindows, faults } = proof;
  return faults.length === 0
    ? paragraph(
        `No look-ahead in any decision: ${decisions} decisions and ${sleeveWindows} windows of sleeves read only rows before those that ` +
          'they earned, by their recorded dates.',
        'good',
      )
    : paragraph(`Look-ahead: ${faults.length} decisions may have seen what they earned; backtest verify names them.`, 'bad');
}

/** Out of sample from when to when, and what is not. */
export function premiseBlocks(report: BacktestReport): Block[] {
  const { started, profiles } = report;
  const firsts = profiles.map(({ profile }) => profile.facts.first).toSorted();
  const lasts = profiles.map(({ profile }) => profile.facts.last).toSorted();
  const counts = [...new Set(profiles.map(({ profile: { facts } }) => `${facts.decisions} decisions on ${facts.rows} joined rows`))];
  return [
    ...(profiles.length === 0
      ? []
      : [
          paragraph(
            `Out-of-sample at both tiers from ${firsts[0]} to ${lasts.at(-1)}, after costs: ` +
              `${counts.length === 1 ? counts[0] : 'decisions and rows differ between the profiles'}.`,
          ),
        ]),
    universeText(started),
    learningText(started),
    ...(profiles.length === 0 ? [] : [...selectedAheadText(report), proofText(report)]),
  ];
}

/** Rows that were learned from before anything was held, at both tiers. */
export function burnInTable(burnIns: TestedProfileFacts['burnIns'], meta: string): Block {
  return table(
    'Burn-in: rows that were learned from before anything was held',
    columns('of', 'tier', 'rows#', 'first', 'last'),
    burnIns.map(({ path, tier, rows, first, last }): Cell[] => [
      cell(path.length === 0 ? meta : path.join(' / ')),
      cell(tier),
      cell(String(rows)),
      code(first),
      code(last),
    ]),
  );
}
