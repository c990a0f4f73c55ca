import { LedgerError } from '../../../domain/shared/errors.ts';
import { suggestion } from '../../../domain/shared/suggest.ts';
import {
  backtestRobustness as ask,
  type RobustnessCheck,
  robustnessChecks,
  robustnessDefaults,
} from '../../../handlers/queries/backtest-robustness.ts';
import { integerFlag, listFlag, textFlag } from '../flags.ts';
import { robustnessOutcome } from '../robustness-result.ts';
import { metaNamingFlag, runIdOf } from '../run-question.ts';
import { type FlagValues, type VerbCode, workersFlag } from '../verb.ts';
import { risksFlag } from './flow-meta.ts';

const seedMax = 0xffff_ffff_ffff_ffffn;

/** Errors: Usage. */
function checksFlag(flags: FlagValues): readonly RobustnessCheck[] | null {
  const names = listFlag(flags, 'checks');
  if (names.length === 0) return null;
  return names.map((name) => {
    const check = robustnessChecks.find((known) => known === name);
    if (check !== undefined) return check;
    throw new LedgerError('Usage', `--checks: there is no ${name}${suggestion(name, robustnessChecks)}`, {
      evidence: { known: robustnessChecks },
      at: { path: '--checks' },
    });
  });
}

/** A seed of 64 bits. Errors: Usage. */
function seedFlag(flags: FlagValues): bigint {
  const text = textFlag(flags, 'seed');
  if (text === null) return robustnessDefaults.seed;
  if (/^\d{1,20}$/.test(text) && BigInt(text) <= seedMax) return BigInt(text);
  throw new LedgerError('Usage', `--seed ${text}: a whole number up to ${seedMax}`, { at: { path: '--seed' } });
}

export const backtestRobustness: VerbCode = {
  flags: [
    { flags: '--checks <list...>', summary: `${robustnessChecks.join(', ')} (default: all)` },
    { flags: '--risk <list...>', summary: 'risk profiles, or all (default: those that were tested)' },
    { flags: '--seed <n>', summary: `of the bootstrap (default ${robustnessDefaults.seed}): the same seed draws the same rows` },
    { flags: '--repetitions <n>', summary: `replicates of the bootstrap (default ${robustnessDefaults.replicates})` },
    metaNamingFlag,
    workersFlag,
  ],
  examples: [
    'sleeve-ledger backtest robustness meta_production-2023-12-29-0123456789abcdef',
    'sleeve-ledger backtest robustness BACKTEST --checks deflated-sharpe bootstrap --risk hrp --seed 7',
  ],
  writes: false,
  run: async (context, input) => {
    const { args, flags } = input;
    const replicates = integerFlag(flags, 'repetitions', robustnessDefaults.replicates);
    if (replicates === 0)
      throw new LedgerError('Usage', '--repetitions 0: at least one history is drawn', { at: { path: '--repetitions' } });
    const runId = await runIdOf(context, args[0]!, input, 'backtest');
    const query = { runId, checks: checksFlag(flags), risks: risksFlag(flags), seed: seedFlag(flags), replicates };
    const { ports } = await context.reading();
    return { ...robustnessOutcome(await ask(ports, query, context.signal)), position: await ports.store.head() };
  },
};
