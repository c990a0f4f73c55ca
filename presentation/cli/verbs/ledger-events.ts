import { LedgerError } from '../../../domain/shared/errors.ts';
import { artifactOf } from '../../../handlers/queries/artifact.ts';
import { type EventAnswer, eventOf, type EventPage, readEvents } from '../../../handlers/queries/events.ts';
import { integerFlag, ledgerTimeFlag, listFlag, textFlag } from '../flags.ts';
import { type Block, heading, knownAtFlag, lines, type Outcome, table, type VerbCode, verbatim } from '../verb.ts';

function eventBlocks(event: EventAnswer): Block[] {
  const { type, stream, revision, id, position, recordedAt, actor, hash, data } = event;
  return [
    heading(`${type}, ${stream}@${revision}`),
    lines(
      `Event:    ${id}`,
      `Position: ${position}`,
      `Recorded: ${recordedAt} by ${actor}`,
      `SHA-256:  ${hash}`,
      '',
      ...JSON.stringify(data, null, 2).split('\n'),
    ),
  ];
}

/** `head`: where the ledger ended when the page was asked for. Until there it tells whether another page follows. */
function pageOutcome({ events, next }: EventPage, head: string | null): Outcome {
  return {
    result: { events, next },
    position: head,
    people: [
      table(
        ['position', 'stream', '#', 'event', 'recorded at', 'by', 'id'],
        events.map(({ position, stream, revision, type, recordedAt, actor, id }) => [
          position,
          stream,
          String(revision),
          type,
          recordedAt,
          actor,
          id,
        ]),
      ),
      ...(next === null ? [] : [lines(`More behind --after ${next}.`)]),
    ],
  };
}

export const ledgerEvents: VerbCode = {
  flags: [
    { flags: '--stream <name>', summary: 'only events of this stream, e.g. metaPortfolio-meta_production' },
    { flags: '--types <list...>', summary: 'only events of these types' },
    { flags: '--from <position>', summary: 'events from this position on, with the one that stands there' },
    { flags: '--since <instant>', summary: 'only events recorded after this instant' },
    { flags: '--text <text>', summary: 'only events with this text in them, in capitals or not; a page ends after 20,000 events' },
    { flags: '--after <position>', summary: 'events after this position; each answer names the next one' },
    { flags: '--limit <n>', summary: 'events on a page (default: 100)' },
    knownAtFlag,
  ],
  examples: [
    'sleeve-ledger ledger events ledger@0',
    'sleeve-ledger ledger events --from 1200 --limit 20',
    'sleeve-ledger ledger events --types AllocationPublished,RebalanceHeld --limit 20 --json',
  ],
  writes: false,
  run: async (context, { args, flags }) => {
    const types = listFlag(flags, 'types');
    const question = {
      stream: textFlag(flags, 'stream'),
      types: types.length === 0 ? null : types,
      from: textFlag(flags, 'from'),
      after: textFlag(flags, 'after'),
      maxCount: integerFlag(flags, 'limit', 100),
      since: textFlag(flags, 'since'),
      text: textFlag(flags, 'text'),
      knownAt: ledgerTimeFlag(flags),
    };
    const [wanted] = args;
    if (wanted === undefined) {
      const { ports } = await context.reading();
      const head = await ports.store.head();
      return pageOutcome(await readEvents(ports, question), head);
    }
    const asked = ['stream', 'types', 'from', 'since', 'text', 'after', 'limit', 'knownAt'].find((name) => flags[name] !== undefined);
    if (asked !== undefined)
      throw new LedgerError('Usage', 'an event id names one event: other flags do not apply', {
        at: { path: asked === 'knownAt' ? '--known-at' : `--${asked}` },
      });
    const event = await eventOf((await context.reading()).ports, wanted);
    return { result: event, position: event.position, people: eventBlocks(event) };
  },
};

export const ledgerArtifact: VerbCode = {
  flags: [{ flags: '-o, --output <file>', summary: 'file to write, whole or not at all; - is standard output' }],
  examples: ['sleeve-ledger ledger artifact e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 -o table.csv'],
  writes: false,
  run: async (context, { args, flags }) => {
    const file = textFlag(flags, 'output');
    const { sha256, bytes, text } = await artifactOf((await context.reading()).ports, args[0]!);
    if (file !== null) {
      await context.tools.files.writeWhole(file, bytes);
      return { result: { sha256, bytes: bytes.length, file, text: null }, people: [lines(`Wrote ${file}: ${bytes.length} bytes.`)] };
    }
    if (text === null) throw new LedgerError('Usage', `${sha256} is not text: name a file to write with -o`, { at: { path: '--output' } });
    return { result: { sha256, bytes: bytes.length, file, text }, people: [verbatim(text)] };
  },
};
