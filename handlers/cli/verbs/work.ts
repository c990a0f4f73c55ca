import { LedgerError } from '../../../domain/shared/errors.ts';
import { createSealer } from '../../ledger/sealer.ts';
import { StreamFolds } from '../../folds.ts';
import { integerFlag, isSet, listFlag } from '../flags.ts';
import type { Session } from '../../session.ts';
import { ensureTopics } from '../../work/topics.ts';
import { createRoles, type RoleName, roleNames } from '../../work/roles.ts';
import { keepingToFormat } from '../../work/keeping-to-format.ts';
import { meteredStore } from '../../work/metered-store.ts';
import { supervise } from '../../work/supervise.ts';
import { lines, type FlagValues, type Outcome, type Verb, type VerbContext } from '../verb.ts';

const brokerRoles: readonly RoleName[] = ['intake', 'relay'];

/** Roles asked for; without a broker those that need none. */
function rolesFlag(flags: FlagValues, kafka: string | null): readonly RoleName[] {
  const names = listFlag(flags, 'roles');
  const unknown = names.find((name) => !(roleNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw new LedgerError('Usage', `--roles ${unknown}: one of ${roleNames.join(', ')}`, { at: { path: '--roles' } });
  if (names.length === 0) return roleNames.filter((name) => kafka !== null || !brokerRoles.includes(name));
  const needy = brokerRoles.find((name) => names.includes(name));
  if (needy !== undefined && kafka === null) throw new LedgerError('Usage', `the role ${needy} needs --kafka`, { at: { path: '--kafka' } });
  return roleNames.filter((name) => names.includes(name));
}

async function workOn(context: VerbContext, flags: FlagValues): Promise<Outcome> {
  const { settings, signal, tools } = context;
  const names = rolesFlag(flags, settings.kafka);
  const opened = await context.writing();
  const operations = await context.operations();
  const { metrics, tracer } = operations;
  const ports = { ...opened.ports, store: meteredStore(opened.ports.store, metrics), metrics, tracer };
  const session: Session = { ...opened, ports, folds: new StreamFolds(ports.store) };
  const broker = settings.kafka === null ? null : await context.broker();
  if (broker !== null && isSet(flags, 'createTopics')) await ensureTopics(broker, settings, { partitions: integerFlag(flags, 'partitions', 12), replicas: integerFlag(flags, 'replicas', 1) });
  const sealer = createSealer(session, settings);
  const roles = createRoles(session, names, { settings, broker, sealer, concurrency: integerFlag(flags, 'concurrency', 4), holder: tools.runtime.processName });
  const ready = async (): Promise<{ ready: boolean; checks: { name: string; ok: boolean; detail: string }[] }> => {
    const checks = roles.map((role) => ({ name: role.name, ...role.state() }));
    const store = await ports.store.head().then(() => ({ name: 'store', ok: true, detail: 'answers' }), (error: Error) => ({ name: 'store', ok: false, detail: error.message }));
    return { ready: [...checks, store].every(({ ok }) => ok), checks: [...checks, store] };
  };
  const server = settings.http === null ? null : await operations.serve(settings.http, ready);
  context.note(`Working: ${names.join(', ')}${server === null ? '' : `; ${server.url}`}. Stop with Ctrl-C.`);
  try {
    await supervise([...roles, keepingToFormat(session)], signal, ports.log);
  } finally {
    await server?.close();
  }
  // What the other roles appended last is sealed by the one that keeps the tree.
  const sealed = names.includes('seal') ? await sealer.seal() : null;
  return { result: { roles: names, sealedTo: sealed?.treeSize ?? null }, people: [lines('Everything in hand is done.')] };
}

export const work: Verb = {
  path: ['work'],
  summary: 'Takes results in, allocates and publishes until it is stopped.',
  flags: [
    { flags: '--kafka <connection>', summary: 'kafka://[user:password@]host:port[,host:port][?options]; without it intake and relay are left out' },
    { flags: '--roles <list...>', summary: `what this process does, of ${roleNames.join(', ')} (default: all that it can)` },
    { flags: '--http <address>', summary: 'HOST:PORT of /healthz, /readyz and /metrics' },
    { flags: '--create-topics', summary: 'make the topics that are missing' },
    { flags: '--partitions <n>', summary: 'of a topic that is made (default 12)' },
    { flags: '--replicas <n>', summary: 'of a topic that is made (default 1)' },
    { flags: '--results-topic <name>', summary: 'where results arrive' },
    { flags: '--allocations-topic <name>', summary: 'where publications go' },
    { flags: '--dead-letters-topic <name>', summary: 'where refused messages go' },
    { flags: '--group <name>', summary: 'consumer group of the intake and of the reaction' },
    { flags: '--on-poison <policy>', summary: 'hold, or supersede: a newer valid result frees its sleeve' },
    { flags: '--concurrency <n>', summary: 'portfolios looked at at once (default 4)' },
  ],
  examples: ['sleeve-ledger work --store ledger.sqlite --kafka kafka://127.0.0.1:9092?tls=false --create-topics --http 127.0.0.1:9464', 'sleeve-ledger work --roles react,project,seal'],
  writes: false,
  run: (context, { flags }) => workOn(context, flags),
};
