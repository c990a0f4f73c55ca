import type { TearSheet } from '../../../domain/tear-sheet/tear-sheet.ts';
import type { AcceptanceVerdict } from '../../../domain/run/acceptance-verdict.ts';
import {
  cell,
  code,
  columns,
  decimal,
  facts,
  orNone,
  paragraph,
  percent,
  small,
  smallPercent,
  subheading,
  table,
  type Block,
  type Cell,
  type LineBlock,
  type Section,
} from '../model/document.ts';
import { forensicBlocks } from './forensics.ts';
import { type AllocatedProfile, type NodeReport, type ProfileReport } from '../model/profile-model.ts';
import { tearSheetSupplement } from '../tear-sheet/tear-sheet.ts';
import { rowSpan } from '../model/sleeve-model.ts';
import { spanCells, spanLabels, spanText } from './trace.ts';
import { acceptanceTable } from '../tear-sheet/verdicts.ts';

function shareOf(verdicts: readonly AcceptanceVerdict[], check: string, id: string): Cell {
  const detail = verdicts.find((verdict) => verdict.check === check)?.details.find(({ name }) => name === id);
  return detail === undefined ? cell('unknown', 'muted') : cell(percent(detail.value));
}

function boundCells(node: NodeReport, id: string): Cell[] {
  const { lower, upper, lowerFrom, upperFrom } = node.guarded.bounds.find((bound) => bound.id === id)!;
  return [
    cell(`${percent(lower, 1)} to ${percent(upper, 1)}`),
    cell(lowerFrom === upperFrom ? lowerFrom : `${lowerFrom}; ${upperFrom}`, 'muted'),
  ];
}

/** Raw, bounded, bounds, and for the portfolio itself what each sleeve brings to the risk. */
function weightsTable(node: NodeReport, verdicts: readonly AcceptanceVerdict[] | null): Block {
  const rows = node.joined.statistics.sleeves.map(({ id }): Cell[] => {
    const [bounds, boundsFrom] = boundCells(node, id);
    const binding = node.guarded.binding.find((bound) => bound.id === id);
    return [
      cell(id),
      cell(percent(node.guarded.raw[id]!)),
      cell(percent(node.guarded.weights[id]!)),
      bounds!,
      binding === undefined ? cell('no', 'muted') : cell(`${binding.bound} bound`, 'warn'),
      ...(verdicts === null
        ? []
        : [shareOf(verdicts, 'contribution_to_risk_ex_ante', id), shareOf(verdicts, 'contribution_to_risk_realised', id)]),
      boundsFrom!,
    ];
  });
  const risk = verdicts === null ? [] : ['risk share, ex ante#', 'risk share, realised#'];
  return table(
    'Sleeve weights and contribution to risk',
    columns('sleeve', 'optimised#', 'allocated#', 'bounds#', 'binding', ...risk, 'bounds from'),
    rows,
  );
}

function guardFacts({ guarded, optimised, effectiveNumberRaw, effectiveNumberBounded }: NodeReport): Block {
  const { solve, parameters } = optimised;
  const { estimate, certificate, fallback, flags, attempts } = solve;
  const intensity = estimate?.ledoitWolfIntensity ?? null;
  const ofIntensity = intensity === null ? '' : `, intensity ${decimal(intensity, 3)}${estimate!.saturated ? ' (above 0.5)' : ''}`;
  const shrinkage = estimate?.correlationShrinkage ?? parameters.correlationShrinkage;
  const optimality =
    certificate.kktResidual === null ? 'closed form or recursion' : `optimality residual ${small(certificate.kktResidual)}`;
  const ofCondition = certificate.conditionNumber === null ? [] : [`condition number ${certificate.conditionNumber.toExponential(2)}`];
  return facts(
    [
      'N_eff',
      cell(
        `${effectiveNumberBounded === null ? 'none' : decimal(effectiveNumberBounded, 3)} allocated, ` +
          `${effectiveNumberRaw === null ? 'none' : decimal(effectiveNumberRaw, 3)} optimised`,
      ),
    ],
    [
      'Guardrails',
      cell(
        `${guarded.projection} projection, L2 distance ` +
          `${decimal(guarded.distanceL2)}${guarded.determined ? '; the bounds determine the allocation' : ''}`,
        guarded.determined ? 'warn' : 'plain',
      ),
    ],
    [
      'Cost of the guardrails',
      cell(
        `${percent(guarded.volatilityRawExAnte)} to ${percent(guarded.volatilityBoundedExAnte)} volatility ` +
          `(${percent(guarded.volatilityCostExAnte)}), by the optimiser's covariance`,
      ),
    ],
    [
      'Estimator',
      cell(
        [`${parameters.estimator}${ofIntensity}`, `correlation shrinkage ${shrinkage}`, `${parameters.annualisationDays} days a year`].join(
          ', ',
        ),
      ),
    ],
    [
      'Certificate',
      cell(
        [
          optimality,
          `${certificate.iterations} iterations`,
          ...ofCondition,
          ...(attempts.length > 1 ? [`${attempts.length} attempts`] : []),
        ].join(', '),
      ),
    ],
    ...(fallback === null ? [] : [['Fallback', cell(`${fallback.to} in place of ${fallback.from}: ${fallback.reason}`, 'warn')] as const]),
    ...(flags.length === 0 ? [] : [['Flags', cell(flags.join(', '), 'warn')] as const]),
  );
}

function joinTables({ joined }: NodeReport): Block[] {
  const { policy, sleeves } = joined.statistics;
  const span = spanText(rowSpan(joined.statistics));
  const rows = sleeves.map((sleeve): Cell[] => [
    cell(sleeve.id),
    ...spanCells(rowSpan({ rows: sleeve.rowsBefore, first: sleeve.first, last: sleeve.last })),
    cell(String(sleeve.rowsInside)),
    cell(String(sleeve.rowsAfter)),
    cell(String(sleeve.rowsMergedInside)),
    cell(`${sleeve.rowsLostEdgeBefore} + ${sleeve.rowsLostEdgeAfter}`),
  ]);
  const money = sleeves.map((sleeve): Cell[] => [
    cell(sleeve.id),
    cell(percent(sleeve.totalBefore)),
    cell(percent(sleeve.totalInside)),
    cell(percent(sleeve.totalAfter)),
    cell(smallPercent(sleeve.pnlLostInside), Math.abs(sleeve.pnlLostInside) > 1e-9 ? 'warn' : 'plain'),
    cell(smallPercent(sleeve.pnlLostEdge)),
    cell(smallPercent(sleeve.pnlLost)),
  ]);
  const between = policy === 'compound' ? 'rows compounded#' : 'rows dropped#';
  return [
    table(
      `Join (${policy}), ${span}: rows of each sleeve`,
      columns('sleeve', ...spanLabels, 'inside the range#', 'joined#', between, 'cut at the edges#'),
      rows,
    ),
    table(
      'Total return of each sleeve before, inside the common range and joined, and what was lost',
      columns('sleeve', 'before#', 'inside#', 'joined#', 'lost inside#', 'lost at the edges#', 'lost in all#'),
      money,
    ),
  ];
}

function correlationTable({ correlations, nodes }: AllocatedProfile): Block {
  const ids = nodes[0]!.joined.statistics.sleeves.map(({ id }) => id);
  const between = (left: string, right: string): Cell => {
    if (left === right) return cell('1');
    const pair = correlations.find((item) => (item.left === left && item.right === right) || (item.left === right && item.right === left));
    return pair === undefined ? cell('undefined', 'muted') : cell(decimal(pair.value, 3));
  };
  return table(
    'Sleeve correlations (sample, joined rows)',
    columns('sleeve', ...ids.map((id) => `${id}#`)),
    ids.map((id) => [cell(id), ...ids.map((other) => between(id, other))]),
  );
}

function performanceTable({ equity }: AllocatedProfile): Block {
  const rows = equity.lines.map(({ name, metrics, isPortfolio }): Cell[] => [
    cell(isPortfolio ? `${name} (portfolio)` : name),
    cell(percent(metrics.total)),
    orNone(metrics.twrAnnualised, percent),
    orNone(metrics.volatility, percent),
    orNone(metrics.sharpe, (value) => decimal(value, 2)),
    cell(percent(metrics.maxDrawdown)),
    cell(percent(metrics.winRate, 1)),
  ]);
  return table(
    'On the joined dates: sleeves net of their costs, the portfolio in-sample and without costs of its own',
    columns('stream', 'total#', 'per year (TWR)#', 'volatility#', 'Sharpe#', 'worst drawdown#', 'days won#'),
    rows,
  );
}

function equityChart({ equity, risk }: AllocatedProfile): LineBlock {
  const { dates, lines } = equity;
  const grownTo = lines.map(({ name, wealth, isPortfolio }) => `${name}${isPortfolio ? ' (portfolio)' : ''} ${decimal(wealth.at(-1)!, 3)}`);
  return {
    kind: 'line',
    id: `equity-${risk}`,
    caption: `Growth of 1 on the joined dates, ${risk}`,
    description: `From ${dates[0]} to ${dates.at(-1)} 1 grew to: ${grownTo.join(', ')}.`,
    legend: lines.map(({ name, isPortfolio }) => (isPortfolio ? `${name} (portfolio)` : name)),
    dates,
    unit: 'ratio',
    series: lines.map(({ name, wealth, isPortfolio }) => ({ name, values: wealth, emphasised: isPortfolio })),
  };
}

function assetsTable({ topAssets, flattened }: AllocatedProfile): Block {
  const rows = topAssets.map(({ symbol, weight, contributors }, index): Cell[] => [
    cell(String(index + 1)),
    code(symbol),
    cell(percent(weight)),
    cell(contributors.map(({ path, amount }) => `${path.join('/')} ${percent(amount)}`).join(' + ')),
  ]);
  return table(
    topAssets.length < flattened.symbols
      ? `Top ${topAssets.length} of ${flattened.symbols} assets, with the sleeves that contribute`
      : `All ${flattened.symbols} assets, with the sleeves that contribute`,
    columns('rank#', 'asset', 'weight#', 'contributors'),
    rows,
  );
}

function exposureFacts({ flattened, cash }: AllocatedProfile): Block {
  const { gross, net, grossBeforeNetting, nettedExposure, conservationError, nettedSymbols } = flattened;
  return facts(
    [
      'Exposure',
      cell(
        `gross ${percent(gross)}, net ${percent(net)}; before netting ${percent(grossBeforeNetting)}, netted ${percent(nettedExposure)}`,
      ),
    ],
    ...(cash === null ? [] : [['Cash', cell(`${percent(cash.weight)} in ${cash.asset}`)] as const]),
    ['Conservation', cell(`error ${small(conservationError)}`)],
    ...(nettedSymbols.length === 0 ? [] : [['Netted assets', cell(nettedSymbols.join(', '), 'warn')] as const]),
  );
}

function nodeBlocks(node: NodeReport): Block[] {
  const { warnings } = node.joined;
  return [guardFacts(node), ...(warnings.length === 0 ? [] : [{ kind: 'list' as const, items: warnings }]), ...joinTables(node)];
}

function nestedBlocks(node: NodeReport): Block[] {
  return [subheading(`Inside ${node.path.join(' / ')} (${node.meta})`), weightsTable(node, null), ...nodeBlocks(node)];
}

/** A run of rules 1 is degraded by a stand-in only. */
function degradedBecause({ grade, verdicts, nodes }: AllocatedProfile): string[] {
  if (grade === 'NATIVE') return [];
  const hardened = verdicts.filter(({ check, status }) => check === 'native_solves' && status === 'warned');
  const hasProxy = nodes.some(({ joined }) => joined.streams.some(({ proxy }) => proxy));
  return [
    ...(hasProxy ? ['a sleeve delivered another philosophy than asked for; see its stream in the trace.'] : []),
    ...hardened.map(({ message }) => `a solve is no native one; ${message}.`),
  ];
}

/** One philosophy: weights, risk, join, performance, acceptance, assets. */
export function profileSection(profile: ProfileReport, sheets: ReadonlyMap<string, TearSheet>): Section {
  const id = `profile-${profile.risk}`;
  if (profile.status === 'failed') {
    const where = profile.path.length === 0 ? profile.meta : `${profile.path.join(' / ')} (${profile.meta})`;
    return {
      id,
      title: `Profile ${profile.risk}: not allocated`,
      blocks: [paragraph(`${profile.reason}.`, 'bad'), facts(['At', cell(where)], ['Code', code(profile.code)])],
    };
  }
  const root = profile.nodes[0]!;
  return {
    id,
    title: `Profile ${profile.risk}`,
    blocks: [
      ...degradedBecause(profile).map((why) => paragraph(`DEGRADED: ${why}`, 'warn')),
      weightsTable(root, profile.verdicts),
      equityChart(profile),
      performanceTable(profile),
      ...tearSheetSupplement(sheets.get(profile.risk)!, profile.risk),
      acceptanceTable(profile.verdicts),
      assetsTable(profile),
      exposureFacts(profile),
      ...forensicBlocks(profile),
      correlationTable(profile),
      ...nodeBlocks(root),
      ...profile.nodes.slice(1).flatMap(nestedBlocks),
    ],
  };
}
