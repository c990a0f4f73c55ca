import { LedgerError } from '../../../domain/shared/errors.ts';
import { suggestion } from '../../../domain/shared/suggest.ts';
import { redacted } from '../../../handlers/runtime/settings.ts';
import { brokerRoles, type RoleName, roleNames, rolesByDefault, runWorker } from '../../../handlers/roles/work.ts';
import { integerFlag, isSet, listFlag } from '../flags.ts';
import { lines, type FlagValues, type Outcome, type VerbCode, type VerbContext, workersFlag } from '../verb.ts';
import { backtestTopicFlags } from './backtest.ts';

/** Roles asked for, or those of a process that is told none. */
function rolesFlag(flags: FlagValues, kafka: string | null): readonly RoleName[] {
  const names = listFlag(flags, 'roles');
  const unknown = names.find((name) => !(roleNames as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new LedgerError('Usage', `there is no role ${unknown}${suggestion(unknown, roleNames)}`, { at: { path: '--roles' } });
  if (names.length === 0) return rolesByDefault(kafka !== null);
  const needy = brokerRoles.find((name) => names.includes(name));
  if (needy !== undefined && kafka === null) throw new LedgerError('Usage', `the role ${needy} needs --kafka`, { at: { path: '--kafka' } });
  return roleNames.filter((name) => names.includes(name));
}

/** What this process does, on which ledger, and where it is met. */
function served({ settings }: VerbContext, ledgerId: string, roles: readonly RoleName[], url: string | null): string {
  const { store, kafka, resultsTopic, allocationsTopic, backtestJobsTopic, backtestResultsTopic } = settings;
  const topics = [
    ...(roles.some((role) => role !== 'backtest') ? [`${resultsTopic} in, ${allocationsTopic} out`] : []),
    ...(roles.includes('backtest') ? [`${backtestJobsTopic} in, ${backtestResultsTopic} out`] : []),
  ];
  const broker = kafka === null ? 'no broker' : `${redacted(kafka)} (${topics.join('; ')})`;
  const met = url === null ? 'no health and metrics (--http HOST:PORT)' : `health and metrics at ${url}`;
  return `Working on ${redacted(store)} (ledger ${ledgerId}): ${roles.join(', ')}; ${broker}; ${met}. Stop with Ctrl-C.`;
}

async function untilStopped(context: VerbContext, flags: FlagValues): Promise<Outcome> {
  const { settings, signal, announce } = context;
  const roles = rolesFlag(flags, settings.kafka);
  const { sealedTo } = await runWorker(context.writing, {
    roles,
    settings,
    broker: settings.kafka === null ? null : await context.broker(),
    createTopics: isSet(flags, 'createTopics')
      ? { partitions: integerFlag(flags, 'partitions', 12), replicas: integerFlag(flags, 'replicas', 1) }
      : null,
    concurrency: integerFlag(flags, 'concurrency', 4),
    operations: await context.operations(),
    signal,
    onStart: (url, ledgerId) => announce(served(context, ledgerId, roles, url)),
  });
  return { result: { roles, sealedTo }, people: [lines('Everything in hand is done.')] };
}

export const work: VerbCode = {
  flags: [
    {
      flags: '--kafka <connection>',
      summary: 'kafka://[user:password@]host:port[?options], more hosts behind commas; without it: no intake, no relay',
    },
    { flags: '--roles <list...>', summary: `what this process does, of ${roleNames.join(', ')} (default: all that it can but backtest)` },
    { flags: '--http <address>', summary: 'HOST:PORT of /healthz, /readyz and /metrics' },
    { flags: '--http-hosts <names>', summary: 'names under which --http is asked for, behind commas, beside loopback and its own address' },
    { flags: '--create-topics', summary: 'create missing topics' },
    { flags: '--partitions <n>', summary: 'partitions of a created topic (default 12)' },
    { flags: '--replicas <n>', summary: 'replicas of a created topic (default 1)' },
    { flags: '--results-topic <name>', summary: 'where results arrive' },
    { flags: '--allocations-topic <name>', summary: 'where publications go' },
    { flags: '--dead-letters-topic <name>', summary: 'where refused messages go' },
    ...backtestTopicFlags,
    { flags: '--group <name>', summary: 'prefix of the consumer groups' },
    { flags: '--on-poison <policy>', summary: 'hold, or supersede: a newer valid result frees its sleeve' },
    { flags: '--concurrency <n>', summary: 'portfolios evaluated at the same time (default 4)' },
    workersFlag,
  ],
  examples: [
    'sleeve-ledger work --store ledger.sqlite --kafka kafka://127.0.0.1:9092?tls=false --create-topics --http 127.0.0.1:9464',
    'sleeve-ledger work --roles react,project,seal',
    'sleeve-ledger work --roles backtest --store esdb://... --kafka kafka://kafka-1:9093 --workers 8',
  ],
  writes: false,
  sealsItself: true,
  outlivesStore: () => true,
  makesLedger: 'on request',
  run: (context, { flags }) => untilStopped(context, flags),
};
