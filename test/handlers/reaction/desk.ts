import type { Manifest } from '../../../domain/manifest/schema.ts';
import type { EventData, EventType } from '../../../domain/catalogue.ts';
import { applyManifest } from '../../../handlers/commands/apply-manifest.ts';
import { approveDefinition } from '../../../handlers/commands/settle-definition.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { StreamFolds } from '../../../handlers/runtime/folds.ts';
import { createDeliveries } from '../../../handlers/runtime/deliveries.ts';
import type { Clock, Ports } from '../../../handlers/ports/ports.ts';
import { toDomainEvents } from '../../../handlers/runtime/stored-events.ts';
import { fileOf, type Ledger, manifestOf, memoryLedger, produce, type SleeveName } from '../replay/world.ts';

/** A clock that tests set. */
export class ManualClock implements Clock {
  instant = '2022-12-31T08:00:00.000Z';

  now(): string {
    return this.instant;
  }

  advance(seconds: number): void {
    this.instant = new Date(Date.parse(this.instant) + seconds * 1000).toISOString();
  }
}

type LooseManifest = Parameters<NonNullable<Parameters<typeof manifestOf>[0]>>[0];

/** Out-of-sample streams that end on the as-of date: 200 returns are eight windows of 20 behind 40. */
export function deskManifest(change: (manifest: LooseManifest) => void = () => undefined): Manifest {
  return manifestOf((manifest) => {
    const defaults = (manifest as unknown as { defaults: Record<string, Record<string, unknown>> }).defaults;
    defaults['data'] = { lookback_days: 201 };
    defaults['backtest']!['profiles'] = 'hrp,risk_parity';
    change(manifest);
  });
}

export interface Desk extends Ledger {
  readonly clock: ManualClock;
  readonly manifest: Manifest;
}

/** Applies a manifest; another person approves what that only proposes. */
export async function applyApproved(session: Session, manifest: Manifest): Promise<void> {
  const { portfolios } = await applyManifest(session, manifest, null);
  for (const { proposal } of portfolios)
    if (proposal !== undefined) await approveDefinition({ ...session, actor: 'checker' }, proposal, 'looked at');
}

/** A ledger with a clock to set, and the manifest applied and approved. */
export async function openDesk(manifest: Manifest = deskManifest(), ports: Partial<Ports> = {}): Promise<Desk> {
  const ledger = memoryLedger();
  const clock = new ManualClock();
  const all: Ports = { ...ledger.session.ports, clock, deliveries: createDeliveries(ledger.memory.store, 5), ...ports };
  const session = { ...ledger.session, ports: all, folds: new StreamFolds(all.store) };
  await applyApproved(session, manifest);
  return { ...ledger, session, clock, manifest };
}

/** Delivers a run of a sleeve up to a date. */
export function deliver(desk: Desk, sleeve: SleeveName, asOf: string, correction = 0): Promise<string> {
  return produce(desk, desk.manifest, sleeve, [fileOf(sleeve, '2022-12-30', 7 + correction)], { asOf }, correction);
}

export async function deliverAll(desk: Desk, asOf: string): Promise<void> {
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) await deliver(desk, sleeve, asOf);
}

/** Data of every recorded event of a type, in ledger order. */
export async function recorded<Type extends EventType>(desk: Pick<Desk, 'session'>, type: Type): Promise<EventData<Type>[]> {
  const events = await desk.session.ports.store.readAll({ after: null, maxCount: 1000, types: [type] });
  return toDomainEvents(events).map(({ data }) => data as EventData<Type>);
}

/** Waits for a condition; fails when it doesn't come true in time. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, millisecondsMax = 10_000): Promise<void> {
  const deadline = performance.now() + millisecondsMax;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
