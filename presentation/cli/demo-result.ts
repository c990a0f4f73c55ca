import { LedgerError } from '../../domain/shared/errors.ts';
import { selectionSummary } from '../../domain/sleeve-run/selection-summary.ts';
import { glanceInWords, type SelectionGlance, selectionGlance } from '../report/model/selection-words.ts';
import type { DemoRun } from '../demo/run-demo.ts';
import { demoMeta } from '../demo/manifest.ts';
import { simulation } from '../demo/simulate.ts';
import type { AllocatedProfile, ProfileReport } from '../report/model/profile-model.ts';
import { redacted, type Settings } from '../../handlers/runtime/settings.ts';
import { commands as commandLines, heading, lines, percent, table, type Block, type Outcome } from './verb.ts';

const glanceOf = ({ answer }: DemoRun['sleeves'][number]): SelectionGlance | null => {
  const summary = selectionSummary(answer.drafts);
  return summary === null ? null : selectionGlance(summary);
};

/** What became of the candidates of each sleeve that selects. */
function selectionBlocks({ sleeves }: DemoRun): Block[] {
  const glances = sleeves.flatMap((sleeve) => {
    const glance = glanceOf(sleeve);
    return glance === null ? [] : [`${sleeve.id}: ${glanceInWords(glance)}.`];
  });
  return glances.length === 0 ? [] : [heading('Selection'), lines(...glances)];
}

const shownRisk = 'hrp';
const topShown = 8;

function allocatedOf(profiles: readonly ProfileReport[]): AllocatedProfile[] {
  return profiles.filter((profile) => profile.status === 'allocated');
}

function weightsBlock(profiles: readonly ProfileReport[]): Block {
  const ids = Object.keys(allocatedOf(profiles)[0]?.nodes[0]!.guarded.weights ?? {});
  const rows = profiles.map((profile) => {
    if (profile.status === 'failed') return [profile.risk, ...ids.map(() => '-'), '-', '-', `not allocated: ${profile.reason}`];
    const { guarded, effectiveNumberBounded } = profile.nodes[0]!;
    const volatility = profile.equity.lines.at(-1)!.metrics.volatility;
    const top = profile.topAssets[0]!;
    return [
      profile.risk,
      ...ids.map((id) => percent(guarded.weights[id]!)),
      effectiveNumberBounded?.toFixed(2) ?? '-',
      volatility === null ? '-' : percent(volatility),
      `${top.symbol} ${percent(top.weight)}`,
    ];
  });
  return table(['profile', ...ids, 'N_eff', 'volatility', 'top asset'], rows);
}

function assetBlocks(profiles: readonly ProfileReport[]): Block[] {
  const shown = allocatedOf(profiles).find(({ risk }) => risk === shownRisk) ?? allocatedOf(profiles)[0];
  if (shown === undefined) return [];
  const rows = shown.topAssets
    .slice(0, topShown)
    .map(({ symbol, weight, contributors }) => [
      symbol,
      percent(weight),
      contributors.map(({ path, amount }) => `${path.join('/')} ${percent(amount)}`).join(' + '),
    ]);
  return [
    heading(`Top assets of ${shown.risk}, with the sleeves that they come from (${shown.flattened.symbols} in all)`),
    table(['asset', 'weight', 'sleeves'], rows),
  ];
}

/** Checks in rows, profiles in columns: one look at what was found wanting. */
function acceptanceBlock(profiles: readonly ProfileReport[]): Block {
  const allocated = allocatedOf(profiles);
  const checks = [...new Set(allocated.flatMap(({ verdicts }) => verdicts.map(({ check }) => check)))];
  return table(
    ['acceptance', ...allocated.map(({ risk }) => risk)],
    checks.map((check) => [check, ...allocated.map(({ verdicts }) => verdicts.find((verdict) => verdict.check === check)?.status ?? '')]),
  );
}

function acceptanceOf({ verdicts }: AllocatedProfile): Record<string, readonly string[]> {
  const named = (status: string): string[] => verdicts.filter((verdict) => verdict.status === status).map(({ check }) => check);
  return { failed: named('failed'), warned: named('warned'), unknown: named('unknown') };
}

function nextCommands(run: DemoRun, settings: Settings): string[] {
  const at = `--store ${redacted(settings.store)} --manifest ${settings.manifest}`;
  const asset = allocatedOf(run.report.model.profiles)[0]?.topAssets[0]?.symbol;
  const command = 'npm run -s sleeve-ledger --';
  return [
    ...(asset === undefined ? [] : [`${command} explain ${asset} --meta ${demoMeta} ${at}`]),
    `${command} weights --meta ${demoMeta} --risk risk_parity ${at}`,
    `${command} timeline ${run.meta.runId} ${at}`,
    `${command} runs ${at}`,
  ];
}

function proofBlocks({ verification, auditReport, replay }: DemoRun): Block[] {
  const { events, streams, artifacts, sealedTo, unsealed, faults } = verification;
  const differing = replay.checked - replay.identical - replay.withinTolerance;
  return [
    heading('Proof'),
    lines(
      `ledger verify  ${faults.length === 0 ? 'no fault' : `${faults.length} FAULTS`} in ${events} events of ${streams} streams and ` +
        `${artifacts} artifacts; sealed to ` +
        `${sealedTo}${unsealed === 1 ? ' (the seal itself is the event after)' : `, ${unsealed} unsealed after`}`,
      `audit verify   ${auditReport.faults.length === 0 ? 'no fault' : `${auditReport.faults.length} FAULTS`} in the ` +
        `${auditReport.lines} lines of the export, opened with the ledger's key`,
      `replay --all   ${replay.identical} of ${replay.checked} runs recomputed bit for ` +
        `bit${replay.withinTolerance > 0 ? `, ${replay.withinTolerance} within 1e-12` : ''}${differing > 0 ? `, ${differing} DIFFER` : ''}`,
    ),
  ];
}

function filesOf(run: DemoRun, settings: Settings): string[] {
  const prices = run.inputs.simulated ? run.sleeves.map(({ files }) => files[0]!) : [];
  return [
    ...prices,
    settings.manifest,
    redacted(settings.store),
    ...run.report.files.map(({ file }) => file),
    run.audit.file,
    `${settings.witness}/${run.sealing.witnessFile.slice(run.sealing.witnessFile.lastIndexOf('/') + 1)}`,
  ];
}

function said(recorded: boolean): string {
  return recorded ? 'already recorded' : 'recorded now';
}

function people(run: DemoRun, settings: Settings): Block[] {
  const { inputs, sleeves, meta, report } = run;
  const { profiles, parity } = report.model;
  const already = sleeves.every(({ answer }) => answer.already) && meta.already;
  const unused = inputs.unused.length === 0 ? [] : [`Left alone: ${inputs.unused.join(', ')}.`];
  const origin = inputs.simulated
    ? `SIMULATED prices (seed ${simulation.seed}): no market data, and no evidence of anything but the machinery.`
    : 'Prices as given.';
  return [
    lines(
      origin,
      `As of ${inputs.asOf}.${already ? ' Everything was already recorded: the ledger and the files are kept.' : ''}`,
      ...unused,
    ),
    table(
      ['sleeve', 'run', 'eligibility', ''],
      sleeves.map(({ id, answer }) => [id, answer.runId, answer.grade, said(answer.already)]),
    ),
    lines(`Meta run ${meta.runId}: ${said(meta.already)}.`, `Parity: ${parity.verdict}, ${parity.decision}.`),
    ...selectionBlocks(run),
    heading('Sleeve weights by risk philosophy'),
    weightsBlock(profiles),
    ...assetBlocks(profiles),
    heading('Acceptance: measured, never assumed'),
    acceptanceBlock(profiles),
    heading('Files'),
    lines(...filesOf(run, settings)),
    ...proofBlocks(run),
    heading('Next'),
    commandLines(...nextCommands(run, settings)),
  ];
}

/** What `demo` answers; a fault, a difference in the replay or a portfolio without any allocation exits 1. */
export function demoOutcome(run: DemoRun, settings: Settings, output: string): Outcome {
  const { inputs, sleeves, meta, report, audit, auditReport, verification, replay } = run;
  const { profiles, parity } = report.model;
  const wrong = [
    ...(verification.faults.length === 0 ? [] : ['the ledger has faults']),
    ...(auditReport.faults.length === 0 ? [] : ['the export has faults']),
    ...(replay.identical + replay.withinTolerance === replay.checked ? [] : ['the replay differs']),
    ...(allocatedOf(profiles).length > 0 ? [] : ['no risk profile could be allocated']),
  ];
  return {
    result: {
      output,
      simulated: inputs.simulated,
      seed: inputs.simulated ? simulation.seed : null,
      asOf: inputs.asOf,
      already: sleeves.every(({ answer }) => answer.already) && meta.already,
      sleeves: sleeves.map((sleeve) => {
        const { id, profile, answer } = sleeve;
        const { runId, grade, already } = answer;
        return { id, profile, runId, eligibility: grade, already, selection: glanceOf(sleeve) };
      }),
      meta: { runId: meta.runId, already: meta.already, parity: { verdict: parity.verdict, decision: parity.decision } },
      profiles: profiles.map((profile) =>
        profile.status === 'failed'
          ? { risk: profile.risk, status: profile.status, reason: profile.reason, sleeves: [], topAssets: [], acceptance: null }
          : {
              risk: profile.risk,
              status: profile.status,
              sleeves: Object.entries(profile.nodes[0]!.guarded.weights).map(([id, bounded]) => ({
                id,
                raw: profile.nodes[0]!.guarded.raw[id],
                bounded,
              })),
              topAssets: profile.topAssets.map(({ symbol, weight, contributors }) => ({
                symbol,
                weight,
                contributors: contributors.map(({ path, amount }) => ({ path, amount })),
              })),
              acceptance: acceptanceOf(profile),
            },
      ),
      files: filesOf(run, settings),
      unusedPriceFiles: inputs.unused,
      verify: verification,
      audit: { file: audit.file, lines: audit.lines, sha256: audit.sha256, faults: auditReport.faults },
      replay: { checked: replay.checked, identical: replay.identical, withinTolerance: replay.withinTolerance },
      next: nextCommands(run, settings),
    },
    people: people(run, settings),
    failure: wrong.length === 0 ? null : new LedgerError('ChecksFailed', wrong.join('; ')),
  };
}
