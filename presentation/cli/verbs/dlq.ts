import { LedgerError } from '../../../domain/shared/errors.ts';
import type { MessageSink } from '../../../handlers/ports/ports.ts';
import type { IntakeOptions } from '../../../handlers/intake/intake.ts';
import { discardLetter, eraseLetter, retryLetter, type SettledLetter } from '../../../handlers/commands/settle-letter.ts';
import { lettersPerPage, listDeadLetters, type ListedLetter } from '../../../handlers/queries/dead-letters.ts';
import { knownSleeves } from '../../../handlers/queries/known-names.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { integerFlag, isSet, ledgerTimeFlag, requiredFlag, textFlag } from '../flags.ts';
import { type Flag, knownAtFlag, lines, type Outcome, table, type VerbCode, type VerbContext, type VerbInput } from '../verb.ts';

function state({ resolved, erased, kept }: ListedLetter): string {
  const was = erased === null ? '' : `, erased by ${erased.who}`;
  if (resolved !== null) return `${resolved.how} by ${resolved.who}${was}`;
  return kept || erased !== null ? `open${was}` : 'open, not kept';
}

const unread: Readonly<Record<Exclude<ListedLetter['text'], 'plain' | 'sealed' | 'many'>, string>> = {
  long: '(long; the dead-letter topic has the reason)',
  erased: '(erased)',
  'key missing': '(its key is not here)',
  damaged: '(does not open)',
};

function why({ code, reason, text, messages }: ListedLetter): string {
  if (text === 'many') return `${code}: ${messages} messages of a flood`;
  return `${code}: ${text === 'plain' || text === 'sealed' ? reason : unread[text]}`;
}

export const dlqList: VerbCode = {
  flags: [
    { flags: '--sleeve <name>', summary: 'of one sleeve only' },
    { flags: '--all', summary: 'also those that were resolved' },
    { flags: '--after <letter>', summary: 'the page behind this letter; each answer names the next one' },
    { flags: '--limit <n>', summary: `letters on a page (default: ${lettersPerPage})` },
    knownAtFlag,
  ],
  examples: ['sleeve-ledger dlq list --sleeve crypto'],
  writes: false,
  run: async (context, { flags }) => {
    const { ports } = await context.reading();
    const { letters, next, open, waiting, position } = await listDeadLetters(ports, {
      sleeve: textFlag(flags, 'sleeve'),
      resolved: isSet(flags, 'all'),
      knownAt: ledgerTimeFlag(flags),
      after: textFlag(flags, 'after'),
      maxCount: integerFlag(flags, 'limit', lettersPerPage),
    });
    const asked = textFlag(flags, 'sleeve');
    if (asked !== null && letters.length + waiting.length === 0 && !(await knownSleeves(ports)).includes(asked))
      throw new LedgerError('SleeveUnknown', `no sleeve ${asked} is known to this ledger`, { at: { path: asked } });
    const held = waiting.reduce((sum, row) => sum + row.waiting, 0);
    return {
      result: { open, held, letters, next, waiting },
      position,
      people: [
        lines(
          letters.length === 0
            ? 'No dead letter.'
            : `${letters.length} dead ${letters.length === 1 ? 'letter' : 'letters'}, ${open} open in all; ${held} results wait.`,
        ),
        ...(letters.length === 0
          ? []
          : [
              table(
                ['letter', 'sleeve', 'state', 'recorded', 'offset', 'reason'],
                letters.map((letter) => [
                  letter.letterId,
                  letter.sleeve ?? '-',
                  state(letter),
                  letter.recordedAt,
                  `${letter.topic}/${letter.partition}/${letter.offset}`,
                  why(letter),
                ]),
              ),
            ]),
        ...(next === null ? [] : [lines(`More behind --after ${next}.`)]),
        ...(waiting.length === 0
          ? []
          : [
              table(
                ['sleeve', 'results waiting'],
                waiting.map((row) => [row.sleeve, String(row.waiting)]),
              ),
            ]),
      ],
    };
  },
};

const settleFlags: readonly Flag[] = [
  { flags: '--why <text>', summary: 'the reason, recorded', required: true },
  { flags: '--kafka <connection>', summary: 'also send the dead letters that held results become' },
];

type Settle = (session: Session, letterId: string, why: string, options: IntakeOptions) => Promise<SettledLetter>;

async function settle(context: VerbContext, { args, flags }: VerbInput, how: string, work: Settle): Promise<Outcome> {
  const { resultsTopic, deadLettersTopic, onPoison, kafka } = context.settings;
  const session = await context.writing();
  const deadLetters: MessageSink | null = kafka === null ? null : (await context.broker()).sink;
  const settled = await work(session, args[0]!, requiredFlag(flags, 'why'), { resultsTopic, deadLetters, deadLettersTopic, onPoison });
  const { letterId, runId, already, released, waiting } = settled;
  return {
    result: settled,
    people: [
      lines(
        `Letter ${letterId} was ${already ? 'resolved before' : how}${runId === null ? '' : `: run ${runId}`}. ${released} waiting ` +
          `results were processed, ${waiting} still wait.`,
      ),
    ],
    warnings: waiting === 0 ? [] : [`results of ${settled.sleeve} wait behind another dead letter: dlq list --sleeve ${settled.sleeve}`],
  };
}

export const dlqRetry: VerbCode = {
  flags: settleFlags,
  examples: ['sleeve-ledger dlq retry 5f0c2a7e-0000-5000-8000-000000000000 --why "the sleeve is in the manifest now"'],
  writes: true,
  run: (context, input) => settle(context, input, 'processed', retryLetter),
};

export const dlqDiscard: VerbCode = {
  flags: settleFlags,
  examples: ['sleeve-ledger dlq discard 5f0c2a7e-0000-5000-8000-000000000000 --why "a test message of the desk"'],
  writes: true,
  run: (context, input) => settle(context, input, 'discarded', discardLetter),
};

export const dlqErase: VerbCode = {
  flags: [{ flags: '--why <text>', summary: 'the reason, recorded: say nothing in it of what is erased', required: true }],
  examples: ['sleeve-ledger dlq erase 5f0c2a7e-0000-5000-8000-000000000000 --why "a request for erasure, number 12"'],
  writes: true,
  run: async (context, { args, flags }) => {
    const erased = await eraseLetter(await context.writing(), args[0]!, requiredFlag(flags, 'why'));
    const { letterId, already, open } = erased;
    return {
      result: erased,
      people: [lines(`Letter ${letterId} was ${already ? 'erased before' : 'erased'}: its key is destroyed here, and no backup has it.`)],
      warnings: open ? [`the letter is still open and holds its sleeve: dlq discard ${letterId}`] : [],
    };
  },
};
