import type { MetaRunOptions } from '../../../domain/run/meta-run-options.ts';
import { requireRiskProfile } from '../../../domain/manifest/risk-profiles.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { flowMeta as allocate } from '../../../handlers/commands/flow-meta.ts';
import { choiceFlag, dateFlag, isSet, listFlag, requiredFlag, textFlag } from '../flags.ts';
import { readManifest } from '../manifest-input.ts';
import { metaRunOutcome } from '../meta-result.ts';
import { type FlagValues, type VerbCode, workersFlag } from '../verb.ts';

/** The stand-ins that the documents' own fallback tried, in its order; only on request. */
const documentedProxies: MetaRunOptions['proxies'] = {
  hrp: ['min_variance', 'max_sharpe', 'equal_weight'],
  min_variance: ['max_sharpe', 'equal_weight'],
};

/** `--allow-proxy` alone: the documented stand-ins; `--allow-proxy barbell=hrp,...`: those named. */
export function proxiesFlag(flags: FlagValues): MetaRunOptions['proxies'] | null {
  if (isSet(flags, 'allowProxy')) return documentedProxies;
  const pairs = listFlag(flags, 'allowProxy');
  if (pairs.length === 0) return null;
  const proxies: Record<string, MetaRunOptions['proxies'][string]> = {};
  for (const pair of pairs) {
    const [wanted, standIn] = pair.split('=');
    if (wanted === undefined || standIn === undefined) {
      throw new LedgerError('Usage', `--allow-proxy ${pair}: write PROFILE=STAND_IN with two risk profiles`, {
        at: { path: '--allow-proxy' },
      });
    }
    proxies[requireRiskProfile(wanted)] = [...(proxies[wanted] ?? []), requireRiskProfile(standIn)];
  }
  return proxies;
}

export function risksFlag(flags: FlagValues): readonly string[] | 'all' | null {
  const names = listFlag(flags, 'risk');
  if (names.includes('all')) return 'all';
  return names.length === 0 ? null : names;
}

export const flowMeta: VerbCode = {
  flags: [
    { flags: '--profile <name>', summary: 'meta profile or alias', required: true },
    { flags: '--risk <list...>', summary: 'risk profiles, or all (default: that of meta_allocation)' },
    { flags: '--join <how>', summary: 'compound (no return inside the common range is lost) or drop (literal inner join)' },
    { flags: '--projection <how>', summary: 'euclidean or proportional' },
    {
      flags: '--allow-proxy [pairs]',
      summary: 'let another profile stand in for a missing one, e.g. barbell=hrp; without a value: the documented stand-ins',
    },
    { flags: '--strict-acceptance', summary: 'exit 1 when an acceptance verdict fails' },
    { flags: '--as-of <date>', summary: 'consume runs up to this date' },
    { flags: '--restate', summary: 'allocate the same inputs once more, superseding the run before' },
    { flags: '--why <text>', summary: 'reason of a restatement, or of an accepted clock' },
    workersFlag,
  ],
  examples: ['sleeve-ledger flow meta --profile meta_production --risk all'],
  writes: true,
  run: async (context, { flags }) => {
    const restate = isSet(flags, 'restate');
    const why = textFlag(flags, 'why');
    const isForClock = !restate && isSet(flags, 'acceptClockJump');
    if (restate !== (why !== null) && !isForClock)
      throw new LedgerError('Usage', '--restate and --why go together', { at: { path: restate ? '--why' : '--restate' } });
    const asked = risksFlag(flags);
    const joins = ['compound', 'drop', 'as defined'] as const;
    const join = choiceFlag(flags, 'join', joins, 'as defined');
    const projections = ['euclidean', 'proportional', 'as defined'] as const;
    const projection = choiceFlag(flags, 'projection', projections, 'as defined');
    const manifest = await readManifest(context);
    const command = {
      manifest,
      meta: requiredFlag(flags, 'profile'),
      risks: asked,
      join: join === 'as defined' ? null : join,
      projection: projection === 'as defined' ? null : projection,
      proxies: proxiesFlag(flags),
      asOf: dateFlag(flags, 'asOf'),
      restateWhy: restate ? why : null,
    };
    const outcome = await allocate(await context.writing(), command, context.signal);
    return metaRunOutcome(outcome, asked, isSet(flags, 'strictAcceptance'));
  },
};
