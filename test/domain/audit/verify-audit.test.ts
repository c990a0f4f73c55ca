/** What the verifier says of the events and the lines of a log, with the place and the words. */
import { describe, expect, test } from '@jest/globals';
import { type AuditedEvent, type AuditStep, sealLine } from '../../../domain/audit/entry.ts';
import { createAuditVerifier } from '../../../domain/audit/verify-audit.ts';
import { placeEvents } from '../../../domain/shared/envelope.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { zeroHash } from '../../../domain/shared/hashing.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { sha256, verifySignature } from '../../support/audit-log.ts';
import {
  type Options,
  type Line,
  author,
  ledgerOf,
  stepsOf,
  lineOf,
  events,
  all,
  type Written,
  written,
  verify,
  short,
  faultsOf,
  h,
  saidOf,
} from '../../support/declared-log.ts';
const utf8 = new TextEncoder();

const at = (index: number, change: (body: Record<string, unknown>) => Record<string, unknown>): Written => ({
  edited: (body, line) => (line === index ? change(body) : body),
});
const linesOf = (...indices: readonly number[]): Written => ({ lines: indices.map((index) => all[index]!) });
const failing = (): never => {
  throw new TypeError('a fault of the program');
};
const reads = (lines: readonly string[]): readonly string[] => saidOf(verify(`${lines.join('\n')}\n`));

describe('the events of a log', () => {
  const bare: Written = { declared: null, checkpoint: null, treeSize: 0 };
  const read = (log: Written, options?: Options): string[] => faultsOf(verify(written({ ...bare, ...log }), options));

  test.each<[string, unknown, string]>([
    ['ts', 'x', '2 column_mismatch: ts 2026-03-01T10:00:01.000Z | ts x'],
    ['type', 'x', '2 column_mismatch: type SleeveRunAccepted | type x'],
    ['stream', 'x', '2 column_mismatch: stream sleeveRun-a | stream x'],
    ['revision', 9, '2 column_mismatch: revision 0 | revision 9'],
    ['event_id', 'x', '2 column_mismatch: event_id 2d2f6d6e-5c1b-5d8e-9a44-000000000001 | event_id x'],
  ])('repeat the column %s', (column, value, fault) => {
    expect(read(at(1, (body) => ({ ...body, [column]: value })))).toEqual([fault]);
  });

  test('have the hash and the content hash of their data', () => {
    const [event, content] = read(at(5, (body) => ({ ...body, data: { index: 99 } })));
    expect(event).toMatch(new RegExp(`^6 event_hash: ${h(5)} \\| #[0-9a-f]{6}$`));
    expect(content).toMatch(new RegExp(`^6 content_hash: ${short(events[5]!.envelope.contentHash)} \\| #[0-9a-f]{6}$`));
  });

  test('follow one another in their stream and among the leaves', () => {
    expect(read(linesOf(0, 1, 1))).toEqual(['3 duplicate: each step of an event once | accept']);
    expect(read(linesOf(0, 1, 2, 1))).toEqual([
      '4 leaf_order: leaf 3 or later | leaf 1',
      '4 duplicate: sleeveRun-a revision 1 or later | revision 0',
    ]);
    expect(read(linesOf(0, 1, 2, 3, 1))).toEqual([
      '5 leaf_order: leaf 4 or later | leaf 1',
      '5 stream_chain: sleeveRun-a revision 2 or later | revision 0',
    ]);
    const other = ledgerOf('LedgerOpened:ledger', 'SleeveRunRejected:sleeveRun-a');
    const replaced = { ...other.events[1]!, leafIndex: 1 };
    expect(read({ lines: [all[0]!, lineOf(replaced), all[2]!, all[3]!] })).toEqual([`4 stream_chain: ${short(replaced.hash)} | ${h(1)}`]);
    expect(read({ lines: [all[0]!, all[1]!, all[2]!, lineOf({ ...events[3]!, leafIndex: 2 })] })).toEqual([
      '4 leaf_order: leaf 3 or later | leaf 2',
    ]);
  });

  test('stand in the streams of their kind', () => {
    const misplaced = ledgerOf(
      'LedgerOpened:ledger',
      'LedgerOpened:sleeve-c',
      'LedgerSealed:sleeve-c',
      'SigningKeyRotated:seals',
      'LedgerSealed:seals',
    );
    expect(read({ lines: misplaced.events.map(lineOf) })).toEqual([
      '2 ledger_opened_again: one LedgerOpened, the first event, ledger@0 | another, leaf 1',
      '3 event_misplaced: LedgerSealed in stream ledger or seals | in stream sleeve-c',
      '4 event_misplaced: SigningKeyRotated in stream ledger | in stream seals',
    ]);
  });

  test('have the steps that are derived from them', () => {
    const long = 'x'.repeat(300);
    const step = stepsOf(events[1]!.envelope)[0]!;
    const derive = (envelope: AuditedEvent['envelope']): readonly AuditStep[] => {
      if (envelope.revision === 1) throw new LedgerError('Usage', 'no step of this');
      return envelope.stream === 'sleeveRun-a'
        ? [
            { ...step, status: long },
            { ...step, step: 'second' },
            { ...step, step: 'third' },
          ]
        : stepsOf(envelope);
    };
    const lines: readonly Line[] = [
      all[0]!,
      [{ ...step, params: { a: long } }, events[1]!],
      [{ ...step, step: 'second' }, events[1]!],
      all[2]!,
      all[3]!,
    ];
    expect(read({ lines }, { derive })).toEqual([
      `2 derived_mismatch: params {"revision":0} | params {"a":"${'x'.repeat(194)}`,
      `2 derived_mismatch: status "${'x'.repeat(199)} | status "success"`,
      '3 derived_mismatch: 3 steps of this event | 2',
      '5 derived_mismatch: steps derived from the event | no step of this',
    ]);
    expect(read({ lines: [all[0]!, all[1]!, [{ ...step, step: 'more' }, events[1]!]] }, { derive: stepsOf })).toEqual([
      '3 derived_mismatch: no further step of this event | more',
    ]);
    expect(() => read({}, { derive: failing })).toThrow(new TypeError('a fault of the program'));
  });

  test('differ member by member from what is derived', () => {
    const empty: AuditStep = { step: '', params: {}, status: '', context: {}, input_hashes: {}, output_hashes: {} };
    const full: AuditStep = {
      step: 'a',
      params: { a: 1 },
      status: 'b',
      context: { b: 1 },
      input_hashes: { c: 1 },
      output_hashes: { d: 1 },
    };
    expect(read({ lines: [[full, events[0]!]] }, { derive: () => [empty] })).toEqual([
      '1 derived_mismatch: step "" | step "a"',
      '1 derived_mismatch: params {} | params {"a":1}',
      '1 derived_mismatch: status "" | status "b"',
      '1 derived_mismatch: context {} | context {"b":1}',
      '1 derived_mismatch: input_hashes {} | input_hashes {"c":1}',
      '1 derived_mismatch: output_hashes {} | output_hashes {"d":1}',
    ]);
  });

  test('name the artifacts that stand beside the log, each by the first line', () => {
    const verifier = createAuditVerifier({
      sha256,
      verifySignature,
      derive: (envelope) => [{ ...stepsOf(envelope)[0]!, output_hashes: { second: `${envelope.stream}!`, number: 1 } }],
    });
    const log = written({ declared: { files: [{ path: 'x', sha256: zeroHash }] } });
    for (const line of log.trimEnd().split('\n')) verifier.line(utf8.encode(line));
    expect(verifier.beside()).toMatchObject({ trailerLine: 7, files: null });
    verifier.finish();
    const { artifacts, ...beside } = verifier.beside();
    expect(beside).toEqual({ trailerLine: 7, files: [{ path: 'x', sha256: zeroHash }] });
    expect([...artifacts]).toEqual([
      [events[0]!.envelope.contentHash, 1],
      ['ledger!', 1],
      [events[1]!.envelope.contentHash, 2],
      ['sleeveRun-a!', 2],
      [events[2]!.envelope.contentHash, 3],
      ['metaRun-b!', 3],
      [events[3]!.envelope.contentHash, 4],
      [events[4]!.envelope.contentHash, 5],
      [events[5]!.envelope.contentHash, 6],
      ['sleeve-c!', 6],
    ]);
  });

  test('of a later schema version stand in no export of format 1', () => {
    const tail = { revision: events[5]!.envelope.revision, hash: events[5]!.hash, recordedAt: events[5]!.envelope.recordedAt };
    const draft = { type: 'SleeveDefined', schemaVersion: 2, data: {} };
    const [later] = placeEvents(sha256, 'sleeve-c', tail, [draft], { ...author, now: tail.recordedAt, idOf: () => author.causationId });
    const event: AuditedEvent = { envelope: later!.envelope, hash: later!.hash, position: null, leafIndex: 6 };
    expect(saidOf(verify(written({ ...bare, lines: [...all, lineOf(event)] })))).toEqual([
      '8 unsigned: an export that declares what it holds | trailer format 1 behind an event of schema version 2',
    ]);
  });
});

describe('the lines of a log', () => {
  const log = written({});
  const texts = log.trimEnd().split('\n');
  const notRecomputed = 'note: the root was not recomputed: some lines could not be read';

  test('that cannot be read are told, and nothing is concluded from them', () => {
    const with2 = (text: string): readonly string[] => reads([texts[0]!, text, ...texts.slice(2)]);
    expect(with2('[1]')).toEqual(['2 not_canonical: a JSON object | [1]', notRecomputed]);
    expect(with2(`"${'y'.repeat(100)}"`)).toEqual([`2 not_canonical: a JSON object | "${'y'.repeat(79)}`, notRecomputed]);
    expect(with2('{')).toEqual(['2 not_canonical: UTF-8 of a JSON object | no JSON', notRecomputed]);
    expect(with2('null')).toEqual(['2 not_canonical: a JSON object | null', notRecomputed]);
    expect(with2(String.raw`{"data":"\ud800"}`)).toEqual(['2 not_canonical: plain JSON | value: a lone surrogate', notRecomputed]);
    const { unsealed, sealedTo, seal, lines } = verify(`${[texts[0]!, 'null', ...texts.slice(2)].join('\n')}\n`);
    expect({ unsealed, sealedTo, seal, lines }).toEqual({ unsealed: 6, sealedTo: 0, seal: null, lines: 6 });
  });

  test('that are no lines of a log are told with the member', () => {
    const sealed = sealLine(sha256, { a: 1, prev_hash: (JSON.parse(texts[0]!) as { hash: string }).hash, type: 'x' });
    const text = sealed.textWith(sealed.hash);
    const said = reads([texts[0]!, text, ...texts.slice(2)]);
    expect(said).toEqual([
      '2 line_shape: Invalid input: expected string, received undefined | step',
      `3 chain: ${short(sealed.hash)} | ${short((JSON.parse(texts[1]!) as { hash: string }).hash)}`,
      notRecomputed,
    ]);
  });

  test('hash to what they say and to what the next one says', () => {
    const [one, two] = [texts[0]!, texts[1]!].map((text) => JSON.parse(text) as { hash: string });
    const torn = 'a'.repeat(64);
    expect(reads([texts[0]!.replace(one!.hash, torn), ...texts.slice(1)])).toEqual([
      `1 line_hash: ${short(one!.hash)} | ${short(torn)}`,
      `2 chain: ${short(torn)} | ${short(one!.hash)}`,
    ]);
    expect(reads([texts[0]!, `${texts[1]!} `, ...texts.slice(2)])).toEqual([
      '2 not_canonical: RFC 8785 text | another text of the same value',
    ]);
    expect(reads([texts[0]!, texts[1]!.replace(`"hash":"${two!.hash}"`, '"hash":1'), ...texts.slice(2)]).slice(0, 4)).toEqual([
      '2 not_canonical: RFC 8785 text | another text of the same value',
      `2 line_hash: ${short(two!.hash)} | none`,
      '2 line_shape: Invalid input: expected string, received number | hash',
      `3 chain: none | ${short(two!.hash)}`,
    ]);
    expect(saidOf(verify(written({ lastHash: torn })))).toEqual([
      `7 chain: ${short((JSON.parse(texts[5]!) as { hash: string }).hash)} | ${short(torn)}`,
    ]);
  });

  test('end with the trailer, once, and a newline', () => {
    expect(reads([...texts, texts[6]!]).slice(0, 3)).toEqual([
      '8 trailer_misplaced: the trailer on line 7 to be the last | another line',
      `8 chain: ${short((JSON.parse(texts[6]!) as { hash: string }).hash)} | ${short((JSON.parse(texts[5]!) as { hash: string }).hash)}`,
      '8 count: 7 lines before the trailer | 6',
    ]);
    const bytes = utf8.encode(texts.slice(0, 6).join('\n')).length + 1;
    const cut = verify(`${texts.slice(0, 6).join('\n')}\n`);
    expect([faultsOf(cut), cut.tornAtByte, cut.lines]).toEqual([
      [`7 torn: a trailer as the last line | the end of the file at byte ${bytes}`],
      bytes,
      6,
    ]);
    const within = verify(`${texts.slice(0, 6).join('\n')}\n{"a`);
    expect([faultsOf(within), within.tornAtByte]).toEqual([
      [`7 torn: a newline at the end of the file | 3 bytes of a line from byte ${bytes} on`],
      bytes,
    ]);
  });

  test('are told of in few words, and no more of them than anybody reads', () => {
    const long = 'z'.repeat(600);
    const { faults } = verify(written({ declared: null, checkpoint: null, treeSize: 0, edited: (body) => ({ ...body, type: long }) }));
    expect(faults[0]!.actual).toBe(`${`type ${long}`.slice(0, 500)}...`);
    const exact = verify(
      written({ declared: null, checkpoint: null, treeSize: 0, edited: (body) => ({ ...body, type: 'z'.repeat(495) }) }),
    );
    expect(exact.faults[0]!.actual).toBe(`type ${'z'.repeat(495)}`);
    const verifier = createAuditVerifier({ sha256, verifySignature });
    for (let line = 0; line < limits.auditFaultsMax + 5; line++) verifier.line(utf8.encode('1'));
    expect(verifier.faultsSoFar).toBe(limits.auditFaultsMax + 1);
    expect(verifier.finish().faults).toHaveLength(limits.auditFaultsMax + 1);
  });
});
