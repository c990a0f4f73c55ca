import { LedgerError } from '../../../domain/shared/errors.ts';
import { produceResult, type ReturnsAs } from '../../../handlers/commands/produce-result.ts';
import { isSet, textFlag } from '../flags.ts';
import { runIdOf, sleeveNamingFlag } from '../run-question.ts';
import { type FlagValues, lines, type VerbCode } from '../verb.ts';

function returnsFlag(flags: FlagValues): ReturnsAs {
  const inline = isSet(flags, 'inline');
  const reference = isSet(flags, 'byReference');
  if (inline && reference) throw new LedgerError('Usage', '--inline or --by-reference, not both', { at: { path: '--by-reference' } });
  return inline ? 'inline' : reference ? 'reference' : 'whichever fits';
}

export const produce: VerbCode = {
  flags: [
    sleeveNamingFlag,
    { flags: '--kafka <connection>', summary: 'kafka://[user:password@]host:port[?options], more hosts behind commas' },
    { flags: '--topic <name>', summary: 'topic to send to (default: sleeve-results.v1)' },
    { flags: '--inline', summary: 'with the returns in the message' },
    { flags: '--by-reference', summary: 'with the addresses of the returns, which the receiver must hold' },
    { flags: '-o, --output <file>', summary: 'write the message to a file instead of sending it; - is standard output' },
  ],
  examples: [
    'sleeve-ledger produce etfs-2025-07-17-0123456789abcdef --kafka kafka://localhost:9092',
    'sleeve-ledger produce etfs-2025-07-17-0123456789abcdef -o result.json',
  ],
  writes: false,
  settings: (flags) => (typeof flags['topic'] === 'string' ? { resultsTopic: flags['topic'] } : {}),
  run: async (context, input) => {
    const { args, flags } = input;
    const runId = await runIdOf(context, args[0]!, input, 'sleeve');
    const file = textFlag(flags, 'output');
    const topic = file === null ? context.settings.resultsTopic : null;
    const target = file === null ? { topic: context.settings.resultsTopic, sink: async () => (await context.broker()).sink } : { file };
    const { result, message, eventId, returnsAs } = await produceResult(await context.reading(), runId, returnsFlag(flags), target);
    const { sleeve, asOf, correction, profiles } = result;
    return {
      result: {
        runId,
        sleeve,
        asOf,
        correction,
        risks: profiles.map(({ risk }) => risk),
        topic,
        file,
        key: message.key,
        eventId,
        bytes: message.value.length,
        returns: returnsAs,
      },
      people: [
        lines(
          `${file === null ? `Sent to ${topic}` : `Written to ${file}`}: run ${runId}, ${message.value.length} bytes, returns ` +
            `${returnsAs === 'inline' ? 'inline' : 'by reference'}.`,
        ),
      ],
    };
  },
};
