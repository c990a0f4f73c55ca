import type { Json } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import {
  type Counterfactual,
  counterfactual as askWhatIf,
  type CounterfactualProfile,
  type Moved,
} from '../../../handlers/queries/counterfactual.ts';
import { counterfactualBacktest, isBacktest } from '../../../handlers/queries/counterfactual-backtest.ts';
import { counterfactualBacktestOutcome } from '../counterfactual-backtest.ts';
import { choiceFlag, dateFlag, filesFlag, ledgerTimeFlag, listFlag } from '../flags.ts';
import { kindFlag, metaNamingFlag, runIdOf, runKindFlag } from '../run-question.ts';
import { asOfFlag, type Block, heading, knownAtFlag, lines, percent, table, type VerbCode, workersFlag } from '../verb.ts';
import { notAllocated } from '../meta-result.ts';
import { risksFlag } from './flow-meta.ts';

/** A JSON value, or a bare word. */
function valueOf(path: string, text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) return text;
    throw new LedgerError('Usage', `--set ${path}: ${text} is neither JSON nor a word`, { at: { path } });
  }
}

/** `--set PATH=VALUE`, as often as wanted. Errors: Usage. */
export function overridesOf(settings: readonly string[]): Record<string, Json> {
  const overrides: Record<string, Json> = {};
  for (const setting of settings) {
    const sign = setting.indexOf('=');
    const path = setting.slice(0, sign);
    if (sign < 1) throw new LedgerError('Usage', `--set ${setting}: write PATH=VALUE`, { at: { path: '--set' } });
    if (Object.hasOwn(overrides, path)) throw new LedgerError('Usage', `--set ${path} is given twice`, { at: { path } });
    overrides[path] = valueOf(path, setting.slice(sign + 1));
  }
  return overrides;
}

function movedRows(rows: readonly Moved[]): string[][] {
  return rows.map(({ name, before, after, change }) => [
    name,
    percent(before),
    percent(after),
    `${change > 0 ? '+' : ''}${percent(change)}`,
  ]);
}

function volatility(value: number | null): string {
  return value === null ? 'unknown' : percent(value);
}

function profileBlocks(profile: CounterfactualProfile): Block[] {
  const { risk, against, volatilityExAnte, acceptance } = profile;
  const versus =
    against === null
      ? 'nothing was recorded to compare with'
      : against === risk
        ? 'against the recorded allocation'
        : `against the recorded ${against} allocation`;
  if (profile.status === 'failed') return [heading(`${risk}: could not be allocated`), lines(profile.reason ?? '')];
  const turned = acceptance.filter(({ before, after }) => before !== after);
  return [
    heading(`${risk}, ${versus}`),
    table(['sleeve', 'recorded', 'would be', 'change'], movedRows(profile.sleeves)),
    table(['largest changes', 'recorded', 'would be', 'change'], movedRows(profile.largestChanges)),
    lines(`Volatility ex ante: recorded ${volatility(volatilityExAnte.before)}, would be ${volatility(volatilityExAnte.after)}.`),
    lines(
      ...(turned.length === 0
        ? ['Acceptance verdicts: none turns.']
        : turned.map(({ check, before, after }) => `Acceptance ${check}: ${before ?? 'none'} would be ${after ?? 'none'}.`)),
    ),
  ];
}

function peopleOf(answer: Counterfactual): Block[] {
  const asked = Object.entries(answer.overrides).map(([path, value]) => `${path} = ${JSON.stringify(value)}`);
  const head = [
    heading(`What run ${answer.runId} would have allocated`),
    lines(
      ...asked,
      ...answer.droppedSleeves.map((id) => `without sleeve ${id}`),
      'Nothing was recorded.',
      ...(answer.sameRun ? ['Nothing that can change a number was changed.'] : []),
    ),
  ];
  if (answer.parity.outcome === 'rejected') return [...head, lines(`Parity would be rejected: ${answer.parity.uncovered.join(', ')}`)];
  return [...head, ...answer.profiles.flatMap(profileBlocks)];
}

export const counterfactual: VerbCode = {
  flags: [
    {
      flags: '--set <path=value...>',
      summary: 'e.g. meta_allocation.max_weight=0.6, sleeves.crypto.weight_limit=[0,0.2], backtest.rebalance_mode=daily (of a backtest)',
    },
    { flags: '--risk <list...>', summary: 'risk profiles, or all (default: those of the run)' },
    { flags: '--join <how>', summary: 'compound or drop' },
    { flags: '--projection <how>', summary: 'euclidean or proportional' },
    { flags: '--drop-sleeve <list...>', summary: 'leave out these sleeves of the portfolio' },
    metaNamingFlag,
    kindFlag,
    asOfFlag,
    knownAtFlag,
    workersFlag,
  ],
  examples: [
    'sleeve-ledger counterfactual RUN --set meta_allocation.max_weight=0.6 --risk hrp',
    'sleeve-ledger counterfactual BACKTEST --set backtest.backtest_slippage=0.002',
  ],
  writes: false,
  run: async (context, input) => {
    const { args, flags } = input;
    const join = choiceFlag(flags, 'join', ['compound', 'drop', 'as recorded'] as const, 'as recorded');
    const projection = choiceFlag(flags, 'projection', ['euclidean', 'proportional', 'as recorded'] as const, 'as recorded');
    const runId = await runIdOf(context, args[0]!, input, runKindFlag(flags) === 'backtest' ? 'backtest' : 'meta');
    const { ports } = await context.inspecting();
    const query = {
      runId,
      overrides: overridesOf(filesFlag(flags, 'set')),
      risks: risksFlag(flags),
      join: join === 'as recorded' ? null : join,
      projection: projection === 'as recorded' ? null : projection,
      dropSleeves: listFlag(flags, 'dropSleeve'),
    };
    if (await isBacktest(ports, runId)) {
      const tested = counterfactualBacktestOutcome(await counterfactualBacktest(ports, query, context.signal), query.risks);
      return { ...tested, position: await ports.store.head() };
    }
    const answer = await askWhatIf(ports, { ...query, asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) });
    const failures = answer.profiles.flatMap(({ risk, code, reason }) =>
      code === null || reason === null ? [] : [{ risk, code, reason }],
    );
    const { outcome, uncovered } = answer.parity;
    return {
      result: { ...answer, failures, recorded: false },
      position: await ports.store.head(),
      people: peopleOf(answer),
      failure:
        outcome === 'rejected'
          ? new LedgerError('ParityRejected', `parity would be rejected: ${uncovered.join(', ')}`, { evidence: { uncovered } })
          : notAllocated(failures, answer.profiles.length - failures.length, risksFlag(flags)),
    };
  },
};
