import type { AuditAnswer } from '../../domain/scan-record/audit-facts.ts';
import type { SampleOf } from '../../domain/scan-record/audit-answers.ts';
import type { CategoryLine } from '../../domain/scan-audit/category-map.ts';
import type { Candidate } from '../../domain/scan-audit/candidates.ts';
import type { Quantile } from '../../domain/scan-audit/statistics.ts';
import type { CandidateWarning } from '../../domain/scan-audit/warnings.ts';
import { type Block, heading, lines, table } from './verb.ts';

const figure = (value: number | null, digits = 2): string => (value === null ? 'unknown' : value.toFixed(digits));
/** Millions, with two decimals. */
const millions = (value: number | null): string => (value === null ? 'unknown' : `${(value / 1_000_000).toFixed(2)} M`);
const share = (value: number | null): string => (value === null ? 'unknown' : `${(100 * value).toFixed(1)} %`);
const yesNo = (value: boolean | null): string => (value === null ? 'not evaluated' : value ? 'yes' : 'no');

type Of<Question extends AuditAnswer['question']> = Extract<AuditAnswer, { readonly question: Question }>['answer'];

function sampleLines({ rows, partial, isBroad }: SampleOf): string[] {
  return [
    `${rows} rows${partial === null ? '' : ` of ${partial.total}`}, as they stood at their date; what was delisted before is missing.`,
    ...(isBroad ? [] : ['! A sample of fewer than 500 rows shows only the categories and funds that it holds.']),
  ];
}

const categoryCells = ({ category, count, medianValueTraded, medianAum, totalAum, medianPerf1m, examples }: CategoryLine): string[] => [
  category ?? '(none)',
  String(count),
  millions(medianValueTraded),
  millions(medianAum),
  millions(totalAum),
  figure(medianPerf1m),
  examples.map(({ symbol }) => symbol).join(' '),
];
const categoryHead = ['category', 'rows', 'median traded', 'median AUM', 'AUM', 'median Perf.1M', 'examples'];

function mapBlocks({ sample, categories }: Of<'map'>): Block[] {
  return [heading('Categories'), lines(...sampleLines(sample)), table(categoryHead, categories.map(categoryCells))];
}

function gapsBlocks({ sample, state, perfCut, categories }: Of<'gaps'>): Block[] {
  const isEvaluated = state === 'evaluated';
  const shown = isEvaluated
    ? categories.filter(({ isGap }) => isGap === true)
    : categories.filter(({ isHighAndLiquid }) => isHighAndLiquid);
  return [
    heading(isEvaluated ? `${shown.length} gaps` : 'Gaps: not evaluated, categories are texts'),
    lines(
      ...sampleLines(sample),
      `High is a median Perf.1M above ${figure(perfCut)} %, that of all rows; acceptable is a median traded value of 2 M; 3 rows or more.`,
      ...(isEvaluated ? [] : ['Candidates are listed with the scanners that selected a member; who asks for a category is unknown.']),
    ),
    table(
      [...categoryHead, 'asked for', 'selected by'],
      shown.map((line) => [...categoryCells(line), yesNo(line.isTargeted), line.selectedBy.join(' ')]),
    ),
  ];
}

function overlapBlocks({ a, b, finding, ...sets }: Of<'overlap'>): Block[] {
  const rows = (['selected', 'passing', 'fetched'] as const).map((name) => {
    const set = sets[name];
    const { intersection, jaccard, aInB, bInA } = set;
    return [name, String(set.a), String(set.b), String(intersection.length), figure(jaccard, 4), figure(aInB, 4), figure(bInA, 4)];
  });
  const words = { not_distinct: 'not distinct: they select the same', distinct: 'distinct', unknown: 'unknown: neither selected anything' };
  return [
    heading(`${a} and ${b}: ${words[finding]}`),
    table(['of', a, b, 'both', 'Jaccard', `share of ${a} in ${b}`, `share of ${b} in ${a}`], rows),
    lines('', `Selected by both: ${sets.selected.intersection.join(', ') || 'nothing'}.`),
  ];
}

function quantileCells(figures: readonly Quantile[], show: (value: number | null) => string): string[] {
  return figures.map(({ value }) => show(value));
}

function liquidityBlocks({ sample, count, notional, quantiles, disagreeing, withoutAdv, valueTradedNulls }: Of<'liquidity'>): Block[] {
  return [
    heading(`${count} funds that trade for more than 2 M and up to 10 M a day`),
    lines(...sampleLines(sample), `Days to sell ${millions(notional)} at 10 % of the average trade of a day.`),
    table(
      ['quantile', ...quantiles.valueTraded.map(({ probability }) => String(probability))],
      [
        ['traded value', ...quantileCells(quantiles.valueTraded, millions)],
        ['atr_pct, for want of a spread', ...quantileCells(quantiles.atrPct, figure)],
        ['days to liquidate', ...quantileCells(quantiles.daysToLiquidate, figure)],
      ],
    ),
    lines(
      '',
      `${valueTradedNulls} rows have no traded value.`,
      ...(withoutAdv.length === 0 ? [] : [`! Without average volume: ${withoutAdv.join(', ')}.`]),
      ...(disagreeing.length === 0
        ? []
        : [`! Close times volume differs from the traded value by more than 1 %: ${disagreeing.join(', ')}.`]),
    ),
  ];
}

function attributesBlocks({ sample, columns }: Of<'attributes'>): Block[] {
  return [
    heading('Columns'),
    lines(...sampleLines(sample)),
    table(
      ['column', 'state', 'without value', 'zeros', 'asked for by'],
      columns.map(({ column, state, nullShare, zeros, requestedBy }) => [
        column,
        state.replace('_', ' '),
        share(nullShare),
        String(zeros),
        requestedBy.join(' '),
      ]),
    ),
  ];
}

function specBlocks({ matching, of, scanners, neverImplemented, silentInheritance }: Of<'audit'>): Block[] {
  const differing = scanners.flatMap(({ scanner, differences }) =>
    differences.map(({ part, spec, config }) => [scanner, part.replace('_', ' '), JSON.stringify(spec), JSON.stringify(config)]),
  );
  return [
    heading(`${matching} of ${of} scanners match the specification`),
    table(
      ['scanner', 'verdict', 'why'],
      scanners.map(({ scanner, verdict, why }) => [scanner, verdict, why ?? '']),
    ),
    ...(differing.length === 0 ? [] : [table(['scanner', 'part', 'specification', 'configuration'], differing)]),
    lines('', 'Beside the count:', ...neverImplemented.map((said) => `  never implemented: ${said}`)),
    lines(...silentInheritance.map(({ scanner, said }) => `  ${scanner}: ${said}`)),
  ];
}

const warningWords: Readonly<Record<CandidateWarning['code'], string>> = {
  aum: 'small',
  aum_null: 'AUM unknown',
  expense_ratio: 'expensive',
  expense_null: 'expense unknown',
  value_traded: 'hardly traded',
  value_traded_null: 'traded value unknown',
  perf_1m: 'extreme month',
  perf_1m_null: 'month unknown',
  leveraged_or_inverse: 'leveraged or inverse',
};

function pickCells({ symbol, description, perf1m, dividendYield, valueTraded, aum, foundBy }: Candidate): string[] {
  const found = foundBy.map(({ scanner, rank }) => `${scanner} ${rank}`).join(', ');
  return [symbol, description ?? '', figure(perf1m), figure(dividendYield), millions(valueTraded), millions(aum), found];
}

function candidatesBlocks({ byPerformance, byYield }: Of<'candidates'>): Block[] {
  const bySymbol = new Map(byPerformance.map((candidate) => [candidate.symbol, candidate]));
  const head = ['symbol', 'fund', 'Perf.1M %', 'yield %', 'traded', 'AUM', 'found by'];
  const warned = byPerformance.flatMap(({ symbol, warnings }) =>
    warnings.map(({ level, code, value }) => [symbol, level, warningWords[code], value === null ? '' : String(value)]),
  );
  return [
    heading(`Top picks by performance (${byPerformance.length})`),
    table(head, byPerformance.map(pickCells)),
    heading('Top picks by yield'),
    table(
      head,
      byYield.map((symbol) => pickCells(bySymbol.get(symbol)!)),
    ),
    heading(`Warnings (${warned.length})`),
    table(['symbol', 'level', 'warning', 'value'], warned),
  ];
}

function orphansBlocks({ files, reachable, orphans, broken }: Of<'orphans'>): Block[] {
  return [
    heading(`${orphans.length} orphans among ${files} files, ${reachable} of which the manifest reaches`),
    lines(...orphans),
    ...(broken.length === 0
      ? []
      : [
          table(
            ['broken scanner', 'code', 'why'],
            broken.map(({ scanner, code, message }) => [scanner, code, message]),
          ),
        ]),
  ];
}

/** An answer of an audit for people. */
export function auditBlocks(answered: AuditAnswer): Block[] {
  switch (answered.question) {
    case 'map':
      return mapBlocks(answered.answer);
    case 'gaps':
      return gapsBlocks(answered.answer);
    case 'overlap':
      return overlapBlocks(answered.answer);
    case 'liquidity':
      return liquidityBlocks(answered.answer);
    case 'attributes':
      return attributesBlocks(answered.answer);
    case 'audit':
      return specBlocks(answered.answer);
    case 'candidates':
      return candidatesBlocks(answered.answer);
    default:
      return orphansBlocks(answered.answer);
  }
}
