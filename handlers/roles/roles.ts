import { invariant } from '../../domain/shared/errors.ts';
import { createLease } from '../runtime/lease.ts';
import type { Sealer } from '../ledger/sealer.ts';
import type { MessageBroker } from '../ports/ports.ts';
import { Relay } from '../reaction/relay.ts';
import type { Session } from '../runtime/session.ts';
import type { Settings } from '../runtime/settings.ts';
import { projecting, sealing } from './following.ts';
import { reacting } from './reacting.ts';
import type { Role } from './role.ts';
import { consuming } from './consuming.ts';

/** What a process can take on: results in, allocations, publications out, read models of this node, seals. */
export const roleNames = ['intake', 'react', 'relay', 'project', 'seal'] as const;
export type RoleName = (typeof roleNames)[number];

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
    lease: createLease(checkpoints, clock, { name: `relay-${topic}`, holder, ttlMs: relayLeaseMs }),
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

export function createRoles(session: Session, names: readonly RoleName[], options: RolesOptions): Role[] {
  const { settings, concurrency, sealer } = options;
  const makers: Readonly<Record<RoleName, () => Role>> = {
    intake: () => intake(session, options),
    react: () => reacting(session, { group: `${settings.group}-reaction`, concurrency, backlogMax }),
    relay: () => relaying(session, options),
    project: () => projecting(session, { pauseMs: 200, lagEventsMax }),
    seal: () => sealing(session, sealer, { everyEvents: 1_000, everySeconds: 60 }),
  };
  return names.map((name) => makers[name]());
}
