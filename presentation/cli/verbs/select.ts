import { LedgerError } from '../../../domain/shared/errors.ts';
import {
  explainSelection,
  selectionBattles,
  selectionDeepDive,
  selectionDiff,
  selectionFunnel,
  type SelectionQuestion,
} from '../../../handlers/queries/selections.ts';
import type { WhichDecision } from '../../../handlers/runs/recorded-selections.ts';
import { integerFlag, isSet, requiredFlag, textFlag } from '../flags.ts';
import { markdownOf } from '../markdown.ts';
import { runQuestion, runQuestionAbout, sleeveNamingFlag } from '../run-question.ts';
import { battleBlocks, deepDiveBlocks, differenceBlocks, explainedBlocks, funnelBlocks } from '../selection-result.ts';
import { asOfFlag, type Flag, type FlagValues, knownAtFlag, lines, type VerbCode, type VerbInput } from '../verb.ts';

const decisionFlags: readonly Flag[] = [
  { flags: '--window <n>', summary: 'the decision of this window of the walk-forward, counted from 0' },
  { flags: '--live', summary: 'the decision for the weights to hold from now on (default, where the universe is dynamic)' },
  { flags: '--static', summary: 'the one decision of a static universe (default there)' },
];

const naming: readonly Flag[] = [sleeveNamingFlag, asOfFlag, knownAtFlag];

/** Errors: Usage for more than one of the three. */
function decisionOf(flags: FlagValues): WhichDecision {
  const asked = [
    ...(textFlag(flags, 'window') === null ? [] : ['--window' as const]),
    ...(isSet(flags, 'live') ? ['--live' as const] : []),
    ...(isSet(flags, 'static') ? ['--static' as const] : []),
  ];
  if (asked.length > 1) throw new LedgerError('Usage', `give ${asked.join(' or ')}, not both`, { at: { path: asked[1]! } });
  if (asked[0] === '--window') return integerFlag(flags, 'window', 0);
  return asked[0] === '--live' ? 'live' : asked[0] === '--static' ? 'static' : 'current';
}

const questionOf = (input: VerbInput): SelectionQuestion => ({ ...runQuestion(input), decision: decisionOf(input.flags) });

export const selectExplain: VerbCode = {
  flags: [...decisionFlags, ...naming],
  examples: ['sleeve-ledger select explain latest AMEX:GLD --sleeve etfs', 'sleeve-ledger select explain RUN AMEX:GLD --window 12'],
  writes: false,
  run: async (context, input) => {
    const answer = await explainSelection((await context.reading()).ports, questionOf(input), input.args[1]!);
    return { result: answer, people: explainedBlocks(answer) };
  },
};

export const selectBattles: VerbCode = {
  flags: [...decisionFlags, ...naming],
  examples: ['sleeve-ledger select battles latest --sleeve etfs', 'sleeve-ledger select battles RUN --window 12'],
  writes: false,
  run: async (context, input) => {
    const answer = await selectionBattles((await context.reading()).ports, questionOf(input));
    return { result: answer, people: battleBlocks(answer) };
  },
};

export const selectFunnel: VerbCode = {
  flags: [...decisionFlags, ...naming],
  examples: ['sleeve-ledger select funnel latest --sleeve etfs', 'sleeve-ledger select funnel RUN --window 12'],
  writes: false,
  run: async (context, input) => {
    const answer = await selectionFunnel((await context.reading()).ports, questionOf(input));
    return { result: answer, people: funnelBlocks(answer) };
  },
};

/** `--against`: a window, or the decision that stands for the whole run. */
function againstOf(flags: FlagValues): WhichDecision | null {
  const text = textFlag(flags, 'against');
  if (text === null) return null;
  return text === 'live' || text === 'static' ? text : integerFlag(flags, 'against', 0);
}

export const selectDiff: VerbCode = {
  flags: [
    ...decisionFlags,
    { flags: '--against <decision>', summary: 'decision of the later one: a window, live or static (default: the same as of the first)' },
    ...naming,
  ],
  examples: ['sleeve-ledger select diff previous latest --sleeve etfs', 'sleeve-ledger select diff RUN --window 11 --against 12'],
  writes: false,
  run: async (context, input) => {
    const [before, after] = input.args;
    const against = againstOf(input.flags);
    if (after === undefined && against === null)
      throw new LedgerError('Usage', 'give two runs, or one with --against', { at: { path: '[after]' } });
    const first = decisionOf(input.flags);
    const { ports } = await context.reading();
    const answer = await selectionDiff(
      ports,
      { ...runQuestionAbout(before!, input), decision: first },
      { ...runQuestionAbout(after ?? before!, input), decision: against ?? first },
    );
    return { result: answer, people: differenceBlocks(answer) };
  },
};

export const selectReport: VerbCode = {
  flags: [{ flags: '-o, --output <file>', summary: 'the markdown; - is standard output', required: true }, ...decisionFlags, ...naming],
  examples: ['sleeve-ledger select report latest --sleeve etfs -o audit_deep_dive.md'],
  writes: false,
  run: async (context, input) => {
    const file = requiredFlag(input.flags, 'output');
    const answer = await selectionDeepDive((await context.reading()).ports, questionOf(input));
    const { runId, decision } = answer.battles;
    const symbols = answer.accounts.length;
    await context.tools.files.writeWhole(file, markdownOf(`Selection of ${runId}`, deepDiveBlocks(answer)));
    return { result: { runId, decision, symbols, file }, people: [lines(`Wrote ${file}: ${symbols} symbols.`)] };
  },
};
