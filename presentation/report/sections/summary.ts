import { dataEndText } from '../../../domain/run/data-end.ts';
import { byCodeUnits } from '../../../domain/shared/order.ts';
import {
  cell,
  code,
  columns,
  decimal,
  facts,
  orNone,
  paragraph,
  percent,
  table,
  type BarBlock,
  type Block,
  type Cell,
  type Section,
  type Tone,
} from '../model/document.ts';
import type { ReportModel } from '../model/model.ts';
import type { AllocatedProfile, ProfileReport } from '../model/profile-model.ts';

const statusTones: Record<ReportModel['run']['status'], Tone> = {
  allocated: 'good',
  'partly allocated': 'warn',
  'not allocated': 'bad',
  'rejected by parity': 'bad',
};

export function allocatedOf(profiles: readonly ProfileReport[]): AllocatedProfile[] {
  return profiles.filter((profile) => profile.status === 'allocated');
}

/** Sleeves directly below the portfolio, in code-unit order. */
export function sleeveIdsOf(profiles: readonly AllocatedProfile[]): string[] {
  return [...new Set(profiles.flatMap((profile) => Object.keys(profile.nodes[0]!.guarded.weights)))].toSorted(byCodeUnits);
}

function acceptanceCell({ verdicts }: AllocatedProfile): Cell {
  const named = (status: string): string[] => verdicts.filter((verdict) => verdict.status === status).map(({ check }) => check);
  const failed = named('failed');
  const warned = [...named('warned'), ...named('unknown')];
  if (failed.length > 0) return cell(`failed: ${failed.join(', ')}`, 'bad');
  return warned.length > 0 ? cell(`noted: ${warned.join(', ')}`, 'warn') : cell('passed', 'good');
}

function weightsTable(profiles: readonly ProfileReport[], ids: readonly string[]): Block {
  const rows = profiles.map((profile): Cell[] => {
    if (profile.status === 'failed')
      return [
        cell(profile.risk),
        ...ids.map(() => cell('-', 'muted')),
        cell('-', 'muted'),
        cell('-', 'muted'),
        cell('-', 'muted'),
        cell(`not allocated: ${profile.reason}`, 'bad'),
      ];
    const { guarded, effectiveNumberBounded } = profile.nodes[0]!;
    const portfolio = profile.equity.lines.at(-1)!.metrics;
    return [
      cell(profile.risk),
      ...ids.map((id) => cell(percent(guarded.weights[id]!))),
      orNone(effectiveNumberBounded, (value) => decimal(value, 2)),
      orNone(portfolio.volatility, percent),
      cell(String(profile.flattened.symbols)),
      acceptanceCell(profile),
    ];
  });
  return table(
    'Sleeve weights by risk philosophy, after the guardrails',
    columns('profile', ...ids.map((id) => `${id}#`), 'N_eff#', 'volatility#', 'assets#', 'acceptance'),
    rows,
  );
}

function weightsChart(profiles: readonly AllocatedProfile[], ids: readonly string[]): BarBlock {
  const bars = profiles.map(({ risk, nodes }) => {
    const { weights } = nodes[0]!.guarded;
    return `${risk}: ${ids.map((id) => `${id} ${percent(weights[id]!, 1)}`).join(', ')}`;
  });
  return {
    kind: 'bar',
    id: 'sleeve-weights',
    caption: 'Sleeve weights by risk philosophy',
    description: `Stacked bars: ${bars.join('; ')}.`,
    legend: ids,
    categories: profiles.map(({ risk }) => risk),
    series: ids.map((id) => ({ name: id, values: profiles.map(({ nodes }) => nodes[0]!.guarded.weights[id]!) })),
  };
}

function runFacts({ run, parity }: ReportModel): Block {
  const { options } = run;
  return facts(
    ['Run', code(run.runId)],
    [
      'Portfolio',
      cell(`${run.meta}${run.profile === run.meta ? '' : ` (${run.profile})`}${run.description === null ? '' : `: ${run.description}`}`),
    ],
    ['As of', cell(run.asOf)],
    ['Data', cell(dataEndText(run.dataEnd), run.dataEnd.daysBefore === 0 ? 'plain' : 'warn')],
    ['Recorded', cell(`${run.recordedAt} by ${run.actor}`)],
    ['Outcome', cell(run.status, statusTones[run.status])],
    [
      'Parity',
      cell(
        `${parity.verdict}, ${parity.decision}`,
        parity.decision === 'accepted' ? 'good' : parity.decision === 'waived' ? 'warn' : 'bad',
      ),
    ],
    ['Currency', cell(run.currency)],
    ['Profiles asked for', cell(`${options.risks.join(', ')} (${options.risksFrom === 'flag' ? 'by flag' : 'by the definition'})`)],
    ['Join', cell(options.join === null ? 'as each portfolio defines' : `${options.join}, by flag`)],
    ['Projection', cell(options.projection === null ? 'as each portfolio defines' : `${options.projection}, by flag`)],
    ...(run.restatement > 0
      ? [['Restatement', cell(`${run.restatement}, superseding ${run.supersedes}: ${run.why}`, 'warn')] as const]
      : []),
  );
}

/** The result of the run, on one screen. */
export function summarySection(model: ReportModel): Section {
  const { profiles, run } = model;
  const allocated = allocatedOf(profiles);
  const ids = sleeveIdsOf(allocated);
  const blocks: Block[] = [runFacts(model)];
  if (run.status === 'rejected by parity') {
    blocks.push(
      paragraph(
        'The sleeves are not comparable, so nothing was joined, optimised or allocated. The parity section lists every leaf for ' +
          'which the run stopped.',
        'bad',
      ),
    );
  } else {
    blocks.push(weightsTable(profiles, ids));
    if (allocated.length > 0) blocks.push(weightsChart(allocated, ids));
    blocks.push(
      paragraph(
        'Volatility is annualised from the sample covariance of the joined rows, with the bounded weights held constant on each of ' +
          'them: in-sample, before any cost at the portfolio level. N_eff is 1 over the sum of squared sleeve weights.',
        'muted',
      ),
    );
    if (run.profileSpreadMax !== null && allocated.length > 1) {
      blocks.push(
        paragraph(
          `Greatest difference between two profiles in the weight of one sleeve: ` +
            `${percent(run.profileSpreadMax)}.${run.profileSpreadMax === 0 ? ' The philosophies have converged.' : ''}`,
        ),
      );
    }
  }
  return { id: 'summary', title: 'Summary', blocks };
}
