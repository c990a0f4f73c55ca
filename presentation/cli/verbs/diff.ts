import { requireRiskProfile } from '../../../domain/manifest/risk-profiles.ts';
import type { RiskProfile } from '../../../domain/risk/schemas.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { byCodeUnits } from '../../../domain/shared/order.ts';
import { factors } from '../../../handlers/comparison/diff-parts.ts';
import { type ChangedWeight, diffRuns, type ProfileDiff, type RunDiff } from '../../../handlers/comparison/diff-runs.ts';
import { type RunsSince, runsSince } from '../../../handlers/comparison/runs-since.ts';
import { dateFlag, ledgerTimeFlag, listFlag, textFlag } from '../flags.ts';
import { metaNamingFlag, runIdsOf } from '../run-question.ts';
import {
  asOfFlag,
  type Block,
  type FlagValues,
  heading,
  knownAtFlag,
  lines,
  percent,
  table,
  type VerbCode,
  type VerbContext,
  type VerbInput,
} from '../verb.ts';

const words = { sleeveResults: 'sleeve results', covariance: 'covariance', bounds: 'bounds', definition: 'definition' } as const;
const assetsShownMax = 20;

/** `--risk hrp` for both runs, `--risk hrp,risk_parity` for the first and the second. */
function risksOf(flags: FlagValues): readonly [RiskProfile, RiskProfile] | null {
  const names = listFlag(flags, 'risk');
  if (names.length === 0) return null;
  if (names.length > 2) throw new LedgerError('Usage', '--risk wants one profile, or one for each run', { at: { path: '--risk' } });
  const [first, second] = names.map(requireRiskProfile);
  return [first!, second ?? first!];
}

/** A change for people; what two decimals cannot show has no sign. */
function signed(value: number): string {
  const size = percent(Math.abs(value));
  return size === percent(0) ? size : `${value > 0 ? '+' : '-'}${size}`;
}

function weightRows(weights: readonly ChangedWeight[]): string[][] {
  return weights.map(({ name, before, after, change, parts }) => [
    name,
    percent(before),
    percent(after),
    signed(change),
    ...factors.map((factor) => signed(parts[factor])),
  ]);
}

function profileBlocks(profile: ProfileDiff): Block[] {
  const { riskBefore, riskAfter, reproduced, unseparated, sleeves, assets } = profile;
  const head = ['before', 'after', 'change', ...factors.map((factor) => words[factor])];
  const byChange = assets.toSorted((left, right) => Math.abs(right.change) - Math.abs(left.change) || byCodeUnits(left.name, right.name));
  const notes = [
    ...unseparated.map(
      ({ factor, reason }) => `The ${words[factor]} could not be exchanged alone (${reason}): what they did stands in the next column.`,
    ),
    ...(reproduced.before && reproduced.after
      ? []
      : ['This build does not compute the recorded weights to the bit: what it changes stands under definition (see replay).']),
    ...(assets.length > assetsShownMax ? [`${assets.length - assetsShownMax} more assets are in --json.`] : []),
  ];
  return [
    heading(riskBefore === riskAfter ? riskBefore : `${riskBefore} before, ${riskAfter} after`),
    table(['sleeve', ...head], weightRows(sleeves)),
    table(['asset', ...head], weightRows(byChange.slice(0, assetsShownMax))),
    lines(...notes),
  ];
}

function shown(value: Json): string {
  const text = value === null ? '-' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function inputBlocks({ inputs, onlyBefore, onlyAfter }: RunDiff): Block[] {
  const { sleeveRuns, definition, waivers } = inputs;
  const rows = [...sleeveRuns.map((row) => ({ ...row, path: `run of ${row.path}` })), ...definition];
  const notes = [
    ...onlyBefore.map(({ risk, reason }) => `${risk} is in the first run only: ${reason}.`),
    ...onlyAfter.map(({ risk, reason }) => `${risk} is in the second run only: ${reason}.`),
    ...waivers.onlyBefore.map((id) => `Waiver ${id} counts in the first run only.`),
    ...waivers.onlyAfter.map((id) => `Waiver ${id} counts in the second run only.`),
  ];
  if (rows.length === 0) return [lines('The inputs are the same.', ...notes)];
  return [
    heading('What went in'),
    table(
      ['input', 'before', 'after'],
      rows.map(({ path, before, after }) => [path, shown(before), shown(after)]),
    ),
    lines(...notes),
  ];
}

/** Two runs as they were named, or those that stood on a date and stand now. */
async function comparedRuns(
  context: VerbContext,
  input: VerbInput,
): Promise<Pick<RunsSince, 'before' | 'after'> & { by: RunsSince['by'] | null }> {
  const { args, flags } = input;
  const since = dateFlag(flags, 'since');
  if (since !== null && args.length === 0) {
    const { ports } = await context.reading();
    return runsSince(ports, { since, meta: textFlag(flags, 'meta'), asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) });
  }
  const newest = since === null && args.length === 0 && textFlag(flags, 'meta') !== null;
  if (!newest && (since !== null || args.length !== 2))
    throw new LedgerError('Usage', 'give two runs, or --since DATE, or --meta alone for its two newest', { at: { path: '<before>' } });
  const [before, after] = await runIdsOf(context, newest ? ['previous', 'latest'] : args, input, 'meta');
  return { before: before!, after: after!, by: null };
}

export const diff: VerbCode = {
  flags: [
    { flags: '--since <date>', summary: 'what stood on this date against what stands now: publications, or runs where none was published' },
    { flags: '--risk <list>', summary: 'risk profile, or BEFORE,AFTER (default: every profile of both)' },
    metaNamingFlag,
    asOfFlag,
    knownAtFlag,
  ],
  examples: [
    'sleeve-ledger diff RUN RUN --risk hrp',
    'sleeve-ledger diff --meta desk',
    'sleeve-ledger diff --since 2024-06-28 --meta desk',
  ],
  writes: false,
  run: async (context, input) => {
    const { flags } = input;
    const { before, after, by } = await comparedRuns(context, input);
    const { ports } = await context.inspecting();
    const answer = await diffRuns(ports, {
      before,
      after,
      risks: risksOf(flags),
      asOf: dateFlag(flags, 'asOf'),
      knownAt: ledgerTimeFlag(flags),
    });
    return {
      result: { ...answer, ...(by === null ? {} : { by }), summation: [...factors, 'rounding'] },
      position: await ports.store.head(),
      people: [
        heading(`From ${answer.before.runId} to ${answer.after.runId}${by === null ? '' : ` (${by})`}`),
        ...answer.profiles.flatMap(profileBlocks),
        ...inputBlocks(answer),
      ],
    };
  },
};
