import type { Manifest } from '../../domain/manifest/schema.ts';
import { assertFeasible } from '../../domain/manifest/feasible.ts';
import { resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import { isExecutedRiskProfile } from '../../domain/manifest/risk-profiles.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { metaPortfolioDecider } from '../../domain/meta/decider.ts';
import type { MetaRunOptions } from '../../domain/meta/events.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { type RiskProfile, riskProfiles } from '../../domain/risk/schemas.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { type ComputedMetaRun, computeMetaRun, type MetaRunRequest } from '../compute/meta-run.ts';
import type { Ports } from '../ports.ts';
import { foldStream } from '../folds.ts';
import { letSignalsIn } from '../interruption.ts';
import { foldBy, toDomainEvents } from '../record.ts';
import { recordOnce } from '../record-once.ts';
import type { Session } from '../session.ts';
import { loadSleeveRun } from '../load-sleeve-run.ts';
import { selectSleeveRuns, sleevesInView } from './select-sleeve-runs.ts';

export interface FlowMeta {
  readonly manifest: Manifest;
  readonly meta: string;
  /** null: the profile of meta_allocation; `all`: every profile that the manifest lists. */
  readonly risks: readonly string[] | 'all' | null;
  readonly join: MetaRunOptions['join'];
  readonly projection: MetaRunOptions['projection'];
  /** null: as the definition says. */
  readonly proxies: MetaRunOptions['proxies'] | null;
  readonly asOf: string | null;
  readonly restateWhy: string | null;
}

export interface MetaRunOutcome extends ComputedMetaRun {
  readonly already: boolean;
  readonly request: MetaRunRequest;
}

function computable(name: string): RiskProfile {
  if (isExecutedRiskProfile(name)) return name;
  throw new LedgerError('ProfileNotAvailable', `the risk profile ${name} is not computed; there are ${riskProfiles.join(', ')}`, { at: { path: name } });
}

/** Profiles of a run (R41) and who asked for them. */
export function risksOf(node: MetaNode, asked: FlowMeta['risks']): Pick<MetaRunOptions, 'risks' | 'risksFrom'> {
  if (asked === null) return { risks: [computable(node.allocation.profile)], risksFrom: 'meta_allocation' };
  const names = asked === 'all' ? node.blocks.backtest.profiles.filter(isExecutedRiskProfile) : asked.map(computable);
  const wanted = new Set<string>(names);
  return { risks: riskProfiles.filter((risk) => wanted.has(risk)), risksFrom: 'flag' };
}

function declaredProxies(node: MetaNode): MetaRunOptions['proxies'] {
  return Object.fromEntries(Object.entries(node.allocation.allow_proxy).map(([risk, standIns]) => [risk, (standIns ?? []).map(computable)]));
}

export async function portfolioWaivers(ports: Pick<Ports, 'store'>, meta: string): Promise<MetaRunRequest['waivers']> {
  return (await foldStream(ports.store, `metaPortfolio-${meta}`, foldBy(metaPortfolioDecider))).state.waivers;
}

/** Why a recorded run restated another; null when it did not. Undefined when the run is not recorded. */
async function recordedWhy(ports: Ports, runId: string): Promise<string | null | undefined> {
  const [opened] = toDomainEvents(await ports.store.readStream(`metaRun-${runId}`, { from: 0n, maxCount: 1, direction: 'forwards' }));
  return opened?.type === 'MetaRunOpened' ? opened.data.why : undefined;
}

/** The next restatement of the same inputs, superseding the one before; the same reason again is the same restatement, delivered twice. */
async function restated(ports: Ports, request: MetaRunRequest, compute: (request: MetaRunRequest) => ComputedMetaRun, why: string): Promise<{ readonly request: MetaRunRequest; readonly computed: ComputedMetaRun }> {
  let supersedes: string | null = null;
  for (let restatement = 0; ; restatement++) {
    const next: MetaRunRequest = { ...request, restatement, supersedes, why: restatement === 0 ? null : why };
    const computed = compute(next);
    const recorded = await recordedWhy(ports, computed.runId);
    if (recorded === why) return { request: next, computed };
    if (recorded === undefined) {
      if (supersedes === null) throw new LedgerError('RunUnknown', 'there is nothing to restate: these inputs have not been allocated yet', { evidence: { runId: computed.runId } });
      return { request: next, computed };
    }
    supersedes = computed.runId;
  }
}

/** Names other engines' allocations as what they are: not computed here. Errors: EngineUnavailable. */
function requireOwnEngine(node: MetaNode): void {
  const { engine } = node.allocation;
  if (engine !== 'custom') throw new LedgerError('EngineUnavailable', `${node.requested} asks for the engine ${engine}`, { at: { path: `profiles.${node.profile}.meta_allocation.engine` } });
  for (const sleeve of node.sleeves) if (sleeve.kind === 'nested') requireOwnEngine(sleeve.meta);
}

/** A portfolio that can be computed here at all. Errors: EngineUnavailable, BoundsInfeasible. */
export function requireAllocatable(node: MetaNode): void {
  requireOwnEngine(node);
  assertFeasible(node);
}

/** What a portfolio is allocated with when nobody asks for anything else: the inputs of the reaction and of a plain `flow meta` are the same. */
export function optionsOf(node: MetaNode, asked: Pick<FlowMeta, 'risks' | 'join' | 'projection' | 'proxies' | 'asOf'>): MetaRunOptions {
  return { ...risksOf(node, asked.risks), join: asked.join, projection: asked.projection, proxies: asked.proxies ?? declaredProxies(node), asOf: asked.asOf };
}

/** Profiles whose streams a run may consume: those asked for and their stand-ins. */
export function streamsFor({ risks, proxies }: MetaRunOptions): RiskProfile[] {
  return [...new Set([...risks, ...risks.flatMap((risk) => proxies[risk] ?? [])])].toSorted(byCodeUnits);
}

/** Prepares a meta run from the ledger and the manifest without recording anything. */
export async function metaRunRequest(ports: Ports, command: FlowMeta): Promise<MetaRunRequest> {
  const node = resolveMeta(command.manifest, command.meta);
  requireAllocatable(node);
  const options = optionsOf(node, command);
  const selected = await selectSleeveRuns(node, command.asOf, await sleevesInView(ports, null), (runId) => loadSleeveRun(ports, runId, streamsFor(options)));
  return { node, options, ...selected, waivers: await portfolioWaivers(ports, node.requested), restatement: 0, supersedes: null, why: null, rules: rulesInForce };
}

/** Records a computed meta run; the same inputs are recorded once. */
export async function recordMetaRun(session: Session, { runId, drafts, shelf, parity, allocations }: ComputedMetaRun): Promise<{ readonly already: boolean }> {
  const { already } = await recordOnce(session, { stream: `metaRun-${runId}`, drafts, command: ['RecordMetaRun', runId], correlation: runId }, shelf);
  if (!already) session.ports.log.info({ runId, parity: parity.outcome.outcome, allocated: allocations.map(({ risk }) => risk) }, 'recorded a meta run');
  return { already };
}

/** Allocates a meta portfolio and records it; the same inputs are recorded once. */
export async function flowMeta(session: Session, command: FlowMeta, signal: AbortSignal | null = null): Promise<MetaRunOutcome> {
  const { ports } = session;
  const first = await metaRunRequest(ports, command);
  ports.progress.start(`meta ${command.meta}`, first.options.risks.length);
  let done = 0;
  const compute = (request: MetaRunRequest): ComputedMetaRun => computeMetaRun(request, ports.crypto.sha256, () => ports.progress.advance(done++));
  const { request, computed } = command.restateWhy === null ? { request: first, computed: compute(first) } : await restated(ports, first, compute, command.restateWhy);
  ports.progress.stop();
  await letSignalsIn(signal);
  const { already } = await recordMetaRun(session, computed);
  return { ...computed, already, request };
}
