import { shownCap } from '../../../domain/combine/refusal.ts';
import {
  type Block,
  type Cell,
  cell,
  code,
  columns,
  decimal,
  facts,
  orNone,
  paragraph,
  type ReportDocument,
  type Section,
  small,
  table,
} from '../model/document.ts';
import { provenanceSection } from '../sections/provenance.ts';
import type { CombinationReport } from './model.ts';

const fraction = (value: number): string => decimal(value, 4);

function bookFacts({ run, fact }: CombinationReport): Block {
  const { method, constraints, scale, rules } = fact.data;
  return facts(
    ['Book', cell(run.name)],
    ['As of', run.asOf === null ? cell('the positions bear no date', 'muted') : cell(run.asOf)],
    ['Outcome', cell(run.status, run.status === 'combined' ? 'good' : 'bad')],
    ['Projection', cell(`${method.projection}${method.noFlip ? ', no weight changes its sign' : ''}`)],
    ...(method.costAversion === 0 ? [] : [['Cost aversion', cell(String(method.costAversion))] as const]),
    ['Bounds of each weight', cell(`${constraints.lower} to ${constraints.upper}`)],
    ...(scale === 1 ? [] : [['Scaled for correlation by', cell(fraction(scale))] as const]),
    ['Rules', cell(`version ${rules}`)],
    ['Inputs', code(run.definitionSha256)],
  );
}

/** Budgets, and what each sleeve brings: sums over the assets of its contributions. */
function sleevesTable({ fact, table: { sleeves, contributions } }: CombinationReport): Block {
  const { rule, sleeves: budgets, extra } = fact.data.budgets;
  const sumOf = (sleeve: string, part: (value: number) => number): number => {
    const column = sleeves.indexOf(sleeve);
    return contributions.reduce((sum, row) => sum + part(row[column]!), 0);
  };
  return table(
    `Risk budgets (${rule}) and what each sleeve brings, before the projection`,
    columns('sleeve', 'budget#', 'positions#', 'gross#', 'net#'),
    [
      ...budgets.map(({ sleeve, budget, positions }): Cell[] => [
        cell(sleeve),
        cell(fraction(budget)),
        cell(String(positions)),
        cell(fraction(sumOf(sleeve, Math.abs))),
        cell(fraction(sumOf(sleeve, (value) => value))),
      ]),
      ...extra.map(({ sleeve, budget }): Cell[] => [
        cell(`${sleeve}: unspent`, 'warn'),
        cell(fraction(budget)),
        cell('0'),
        cell(''),
        cell(''),
      ]),
    ],
  );
}

/** Weights by asset: what every sleeve brings, and what the projection moved, so that a row adds up exactly. */
function assetsTable({ table: numbers }: CombinationReport): Block {
  const { assets, sleeves, contributions, total, projection, weights } = numbers;
  return table(
    weights === null ? 'What the sleeves ask for: refused' : 'Weights: contributions and projection add up to each',
    columns('asset', ...sleeves.map((sleeve) => `${sleeve}#`), 'total#', 'projection#', 'weight#'),
    assets.map((asset, row): Cell[] => [
      code(asset),
      ...contributions[row]!.map((value) => cell(fraction(value))),
      cell(fraction(total[row]!)),
      orNone(projection?.[row] ?? null, fraction),
      orNone(weights?.[row] ?? null, fraction),
    ]),
  );
}

function proofBlocks(fact: Extract<CombinationReport['fact'], { type: 'PositionsCombined' }>): Block[] {
  const { certificate, rounds, feasibility } = fact.data;
  if (!feasibility.projectionApplied) return [paragraph('The combined total keeps every cap: nothing was moved.', 'good')];
  if (certificate === null)
    return [
      paragraph(`Brought inside the caps by the sequential loop in ${rounds} rounds: feasible, and not proved to be nearest.`, 'warn'),
    ];
  return [
    facts(
      ['Certificate', cell('the nearest weights inside the caps', 'good')],
      ['Distance from the total', cell(fraction(certificate.distance))],
      ['Duality gap', cell(small(certificate.gap))],
      ['Largest violation', cell(small(certificate.maxViolation))],
    ),
  ];
}

function exposureRow(name: string, value: number | null, cap: number | null, multiplier: number | undefined): Cell[] {
  return [cell(name), orNone(value, fraction), orNone(cap, fraction), orNone(multiplier ?? null, fraction)];
}

/** Exposures beside their caps, with what each cap costs at the margin. */
function combinedBlocks(fact: Extract<CombinationReport['fact'], { type: 'PositionsCombined' }>): Block[] {
  const { gross, net, turnoverTwoSided, constraints, certificate } = fact.data;
  const multipliers = certificate?.multipliers;
  return [
    table('Exposures', columns('exposure', 'is#', 'cap#', 'multiplier#'), [
      exposureRow('gross', gross, constraints.grossCap, multipliers?.gross),
      exposureRow('net', net, constraints.netCap, multipliers?.net),
      exposureRow('turnover, two-sided', turnoverTwoSided, constraints.turnoverCap, multipliers?.turnover),
    ]),
    ...proofBlocks(fact),
  ];
}

/** Why there are no weights, and what would repair it. */
function refusedBlocks({ data }: Extract<CombinationReport['fact'], { type: 'CombinationRefused' }>): Block[] {
  const { because, conflicts, repairs } = data;
  return [
    paragraph(
      because === 'infeasible' ? 'No weights keep all caps.' : 'Some weights keep all caps, and the sequential loop found none.',
      'bad',
    ),
    ...(conflicts.length === 0
      ? []
      : [
          paragraph('Caps that cannot be met together, while each smaller set can:'),
          { kind: 'list' as const, items: conflicts.map((caps) => caps.join(' and ')) },
        ]),
    table(
      'What would repair it: the smallest value of one cap, all others fixed',
      columns('cap', 'is#', 'enough would be#'),
      repairs.map(({ cap, current, smallest }): Cell[] => [
        cell(cap === 'bounds' ? 'bounds, wider by' : cap),
        cell(shownCap(current)),
        smallest === null ? cell('no value', 'warn') : cell(shownCap(smallest)),
      ]),
    ),
  ];
}

function summary(report: CombinationReport): Section {
  const { fact } = report;
  return {
    id: 'summary',
    title: 'Summary',
    blocks: [bookFacts(report), ...(fact.type === 'PositionsCombined' ? combinedBlocks(fact) : refusedBlocks(fact))],
  };
}

/** The report of a combination as a person reads it. */
export function presentCombination(report: CombinationReport): ReportDocument {
  const { run } = report;
  return {
    title: `Combination ${run.name}${run.asOf === null ? '' : `, as of ${run.asOf}`}`,
    lead: `Combination ${run.runId}: ${run.status}. Made from the ledger alone; weights and exposures are fractions of capital.`,
    sections: [
      summary(report),
      { id: 'sleeves', title: 'Sleeves', blocks: [sleevesTable(report)] },
      { id: 'assets', title: 'Assets', blocks: [assetsTable(report)] },
      provenanceSection(report),
    ],
  };
}
