import { checkpointPrefixes } from '../../domain/shared/checkpoint-record.ts';
import { invariant } from '../../domain/shared/errors.ts';
import { createLease } from '../runtime/lease.ts';
import type { Sealer } from '../ledger/sealer.ts';
import type { MessageBroker } from '../ports/ports.ts';
import { Relay } from '../reaction/relay.ts';
import type { Session } from '../runtime/session.ts';
import type { Settings } from '../runtime/settings.ts';
import { remotePlace } from '../remote-jobs/place.ts';
import { backtesting } from './backtesting.ts';
import { projecting, sealing } from './following.ts';
import { reacting } from './reacting.ts';
import type { Role } from './role.ts';
import { consuming } from './consuming.ts';

/** What a process can take on: results in, allocations, publications out, read models of this node, seals, jobs of backtests. */
export const roleNames = ['intake', 'react', 'relay', 'project', 'seal', 'backtest'] as const;
export type RoleName = (typeof roleNames)[number];

export const brokerRoles: readonly RoleName[] = ['intake', 'relay', 'backtest'];

/** Roles of a process that is told none: all that it can do, but not to compute for others, which would take its processors. */
export function rolesByDefault(hasBroker: boolean): readonly RoleName[] {
  return roleNames.filter((name) => name !== 'backtest' && (hasBroker || !brokerRoles.includes(name)));
}

export interface RolesOptions {
  readonly settings: Settings;
  /** Null when no role needs one. */
  readonly broker: MessageBroker | null;
  readonly sealer: Sealer;
  readonly concurrency: number;
  /** Another name for every process. */
  readonly holder: string;
}

/** More than this behind, and a probe should send the load elsewhere or call somebody. */
const lagMessagesMax = 10_000;
const lagEventsMax = 50_000;
const backlogMax = 1_000;
const relayLeaseMs = 10_000;

function relaying(session: Session, { broker, settings, holder }: RolesOptions): Role {
  invariant(broker !== null, 'a relay without a broker');
  const { checkpoints, clock } = session.ports;
  const topic = settings.allocationsTopic;
  const relay = new Relay(session, {
    lease: createLease(checkpoints, clock, { name: `${checkpointPrefixes.relay}${topic}`, holder, ttlMs: relayLeaseMs }),
    sink: broker.sink,
    topic,
  });
  return { name: 'relay', state: () => relay.state, run: (signal) => relay.run(signal) };
}

function intake(session: Session, { broker, settings }: RolesOptions): Role {
  invariant(broker !== null, 'an intake without a broker');
  const { group, resultsTopic, deadLettersTopic, onPoison } = settings;
  return consuming(session, {
    broker,
    group: `${group}-intake`,
    resultsTopic,
    deadLetters: broker.sink,
    deadLettersTopic,
    onPoison,
    lagMessagesMax,
  });
}

function backtest(session: Session, { broker, settings }: RolesOptions): Role {
  invariant(broker !== null, 'jobs of backtests without a broker');
  return backtesting(session, { broker, place: remotePlace(settings, session.ledger) });
}

export function createRoles(session: Session, names: readonly RoleName[], options: RolesOptions): Role[] {
  const { settings, concurrency, sealer } = options;
  const makers: Readonly<Record<RoleName, () => Role>> = {
    intake: () => intake(session, options),
    react: () => reacting(session, { group: `${settings.group}-reaction`, concurrency, backlogMax }),
    relay: () => relaying(session, options),
    project: () => projecting(session, { pauseMs: 200, lagEventsMax }),
    seal: () => sealing(session, sealer, { everyEvents: 1_000, everySeconds: 60 }),
    backtest: () => backtest(session, options),
  };
  return names.map((name) => makers[name]());
}
