import type { Manifest } from '../../../domain/manifest/schema.ts';
import { openLedger } from '../../../bin/open-ledger.ts';
import { applyManifest } from '../../../handlers/commands/apply-manifest.ts';
import { createIntake, type Intake, type IntakeOptions } from '../../../handlers/intake/intake.ts';
import { StreamFolds } from '../../../handlers/runtime/folds.ts';
import type { MessageToSend, Ports } from '../../../handlers/ports/ports.ts';
import { RecentRecords } from '../../../handlers/runtime/recent-records.ts';
import { RecordedInputs } from '../../../handlers/runs/recorded-inputs.ts';
import { reallocate } from '../../../handlers/reaction/reallocate.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { memorySession } from '../imported-run.ts';
import { rawMessage } from '../sleeve-results.ts';
import type { DeskMarket, ResultKey } from './market.ts';
import { type Final, finalsOf } from './tally.ts';

export interface DeskLedger {
  /** With folds, as a worker has it. */
  readonly session: Session;
  /** Takes one message in, as the intake of a worker does; throws unless it is accepted or known. */
  deliver(message: MessageToSend): Promise<void>;
  /** How many faults `ledger verify` finds. */
  faults(): Promise<number>;
  close(): Promise<void>;
}

/** Ports around those of a session: to watch them, or to make them fail. */
export type PortsAround = (ports: Ports) => Partial<Ports>;

export const intakeOptions: IntakeOptions = {
  resultsTopic: 'sleeve-results.v1',
  deadLetters: null,
  deadLettersTopic: 'sleeve-results.dlq.v1',
  onPoison: 'hold',
};

/** The manifest applied in a ledger, and an intake of it. */
export async function deskOn(base: Session, manifest: Manifest, around: PortsAround): Promise<Pick<DeskLedger, 'session' | 'deliver'>> {
  const ports = { ...base.ports, ...around(base.ports) };
  const session: Session = { ...base, ports, folds: new StreamFolds(ports.store), recent: new RecentRecords() };
  await applyManifest(session, manifest, null);
  const intake: Intake = createIntake(session, intakeOptions);
  return {
    session,
    deliver: async ({ key, value, headers }) => {
      const { outcome, code } = await intake.handle(rawMessage(key, value, headers), async () => undefined);
      if (outcome === 'rejected' || outcome === 'held') throw new Error(`a result of ${key} was ${outcome}: ${code}`);
    },
  };
}

export interface DeskPlace {
  readonly store: string;
  /** File of the signing key, where it does not stand beside the store. */
  readonly key?: string;
}

/** The ledger in a store, made when it is missing, with the desk's manifest applied. */
export async function openDesk(place: DeskPlace, market: DeskMarket, around: PortsAround = () => ({})): Promise<DeskLedger> {
  const opened = await openLedger({ ...place, create: true, actor: 'desk', logLevel: 'silent' });
  return {
    ...(await deskOn(opened.session, market.manifest(), around)),
    faults: async () => (await opened.verify()).faults.length,
    close: () => opened.close(),
  };
}

/** What every portfolio comes to in a fresh ledger that saw these results only: one look each, and no policy that would have it wait. */
export async function finalsOfFreshLedger(market: DeskMarket, newest: readonly ResultKey[]): Promise<ReadonlyMap<string, Final>> {
  const { session, deliver } = await deskOn(memorySession(), market.manifest({ withPolicies: false }), () => ({}));
  for (const key of newest) await deliver(market.message(key));
  const loaded = new RecordedInputs(session.ports);
  for (const meta of market.portfolios) await reallocate(session, loaded, meta);
  return finalsOf(session.ports.store, market.portfolios);
}
