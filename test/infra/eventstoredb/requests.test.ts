import { describe, expect, test } from '@jest/globals';
import {
  addressOf,
  codecOf,
  isComplete,
  keepingOf,
  keepings,
  markTypes,
  proposedFor,
  streamOf,
} from '../../../infra/eventstoredb/artifact-streams.ts';
import {
  allRead,
  appendMessages,
  batchRequest,
  groupInfoRequest,
  joinRequest,
  type Proposed,
  streamRead,
} from '../../../infra/eventstoredb/requests.ts';
import {
  bytesOf,
  createdAt,
  domainEventsOf,
  metadataOf,
  type Recorded,
  refuseOtherContent,
  storedEvent,
} from '../../../infra/eventstoredb/recorded-event.ts';
import { appendedBy } from '../../../infra/eventstoredb/appended.ts';
import { refuseCut } from '../../../infra/eventstoredb/appending.ts';
import { cutsBy, metadataStreamPattern } from '../../../infra/eventstoredb/retention.ts';
import { refusalOf } from '../../support/refusal.ts';

/** A message without what it does not say. */
function said(message: { toObject(): object }): unknown {
  return JSON.parse(
    JSON.stringify(message.toObject(), (_, value: unknown) => (Array.isArray(value) && value.length === 0 ? undefined : value)),
  );
}
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const id = '11111111-1111-4111-8111-111111111111';
const event: Proposed = { id, type: 'ThingSeen', bytes: Buffer.from('{}'), metadata: { attempt: 'a' } };

const success = (position: unknown) => ({ getCurrentRevision: () => '7', getPosition: () => position }) as Parameters<typeof appendedBy>[0];

describe('what the server is asked', () => {
  const common = { resolveLinks: false, noFilter: {}, uuidOption: { string: {} } };
  const name = { streamName: base64('sleeve-a') };

  test.each([
    [
      streamRead('sleeve-a', 'end', 1, 'backwards'),
      { count: '1', readDirection: 1, stream: { streamIdentifier: name, end: {}, revision: '0' } },
    ],
    [streamRead('sleeve-a', 5n, 9, 'forwards'), { count: '9', readDirection: 0, stream: { streamIdentifier: name, revision: '5' } }],
  ])('of a stream %#', (request, expected) => {
    expect(said(request)).toEqual({ options: { ...common, ...expected } });
  });

  test.each([
    [
      allRead(null, { streams: '^a$' }, 3, 'forwards'),
      { count: '3', readDirection: 0, all: { start: {} } },
      { streamIdentifier: { regex: '^a$' } },
    ],
    [
      allRead(null, { types: ['A', 'B'] }, 3, 'backwards'),
      { count: '3', readDirection: 1, all: { end: {} } },
      { eventType: { regex: '', prefixList: ['A', 'B'] } },
    ],
    [
      allRead({ commit: 7n, prepare: 6n }, { streams: '^a$' }, 3, 'forwards'),
      { count: '3', readDirection: 0, all: { position: { commitPosition: '7', preparePosition: '6' } } },
      { streamIdentifier: { regex: '^a$' } },
    ],
  ])('of $all %#', (request, expected, filter) => {
    const { noFilter: _, ...others } = common;
    expect(said(request)).toEqual({
      options: { ...others, ...expected, filter: { count: {}, checkpointintervalmultiplier: 1, max: 0, ...filter } },
    });
  });

  const proposed = {
    id: { string: id },
    metadataMap: [
      ['content-type', 'application/octet-stream'],
      ['type', 'ThingSeen'],
    ],
    customMetadata: base64('{"attempt":"a"}'),
    data: base64('{}'),
  };

  test.each(['none', 4n] as const)('to append behind %s, alone or with others', (expected) => {
    const [header, ...messages] = appendMessages('sleeve-a', [event, { ...event, metadata: undefined }], expected);
    expect(said(header!)).toEqual({
      options: { streamIdentifier: name, ...(expected === 'none' ? { noStream: {}, revision: '0' } : { revision: '4' }) },
    });
    expect(messages.map(said)).toEqual([{ proposedMessage: proposed }, { proposedMessage: { ...proposed, customMetadata: '' } }]);
    expect(said(batchRequest(id, 'sleeve-a', [event], expected, new Date(1_500)))).toEqual({
      correlationId: { string: id },
      options: {
        streamIdentifier: name,
        deadline: { seconds: 1, nanos: 500_000_000 },
        ...(expected === 'none' ? { noStream: {}, streamPosition: '0' } : { streamPosition: '4' }),
      },
      proposedMessagesList: [proposed],
      isFinal: true,
    });
  });

  test('of a group, and to join one', () => {
    expect(said(groupInfoRequest('g'))).toEqual({ options: { groupName: 'g', all: {} } });
    expect(said(joinRequest('g', 64))).toEqual({ options: { groupName: 'g', bufferSize: 64, all: {}, uuidOption: { string: {} } } });
  });

  test('where an append ended', () => {
    expect(appendedBy(success(undefined))).toEqual({ revision: 7n, position: null });
    expect(appendedBy(success({ getCommitPosition: () => '9', getPreparePosition: () => '8' }))).toEqual({
      revision: 7n,
      position: { commit: 9n, prepare: 8n },
    });
  });
});

const chunk = (text: string) => ({ stored: Buffer.from(text), contentBytes: text.length });

const address = 'ab'.repeat(32);
const batches = (codec: 'raw' | 'deflate', texts: string[]) =>
  proposedFor(address, codec, texts.map(chunk)).map((batch) =>
    batch.map(({ type, bytes, metadata }) => [type, Buffer.from(bytes).toString(), metadata]),
  );
const ids = (codec: 'raw' | 'deflate', texts: string[]) =>
  proposedFor(address, codec, texts.map(chunk)).flatMap((batch) => batch.map((one) => one.id));

describe('the names of an artifact', () => {
  test('depend on how it is kept', () => {
    expect([keepings, markTypes, keepingOf('raw'), keepingOf('deflate')]).toEqual([
      ['packed', 'raw'],
      ['ArtifactComplete'],
      'raw',
      'packed',
    ]);
    expect([streamOf('raw', address), streamOf('packed', address)]).toEqual([`artifact-${address}`, `artifact-packed-${address}`]);
    expect(
      (['raw', 'packed'] as const).map((keeping) =>
        [
          'ArtifactChunk',
          'ArtifactChunk-deflate',
          'ArtifactChunks',
          'ArtifactComplete',
          'ArtifactComplete-deflate',
          'x-ArtifactComplete-',
        ].map((type) => [codecOf(keeping, type), isComplete(keeping, type)]),
      ),
    ).toEqual([
      [
        ['raw', false],
        [null, false],
        [null, false],
        [null, true],
        [null, false],
        [null, false],
      ],
      [
        [null, false],
        ['deflate', false],
        [null, false],
        [null, false],
        [null, true],
        [null, false],
      ],
    ]);
  });

  test.each([
    [`artifact-${address}`, 'ArtifactComplete', address],
    [`artifact-packed-${address}`, 'ArtifactComplete-deflate', address],
    [`artifact-packed-${address}`, 'ArtifactComplete', null],
    [`artifact-${address}`, 'ArtifactComplete-deflate', null],
    [`artifact-${address}`, 'ArtifactChunk', null],
    [`artifact-${address}0`, 'ArtifactComplete', null],
    [`artifact-x${address}`, 'ArtifactComplete', null],
    [`artifact-${address.slice(1)}`, 'ArtifactComplete', null],
    [`artifact-${address.toUpperCase()}`, 'ArtifactComplete', null],
    [`artefact-${address}`, 'ArtifactComplete', null],
  ])('a mark in %s of type %s stands for %s', (streamId, type, expected) => {
    expect(addressOf({ streamId, type })).toBe(expected);
  });

  test('of each event derive from address, codec and place, as builds of before derived them', () => {
    expect(batches('raw', [])).toEqual([
      [
        ['ArtifactChunk', '', undefined],
        ['ArtifactComplete', '', undefined],
      ],
    ]);
    expect(batches('deflate', ['a', 'b'])).toEqual([
      [['ArtifactChunk-deflate', 'a', undefined]],
      [
        ['ArtifactChunk-deflate', 'b', undefined],
        ['ArtifactComplete-deflate', '', undefined],
      ],
    ]);
    const all = [ids('raw', ['a', 'b']), ids('deflate', ['a', 'b']), ids('raw', ['a'])];
    expect(all).toEqual(idsOfBefore);
  });
});

/** By Python's uuid5, from the names `ADDRESS[/CODEC]/PLACE` and `.../complete/CHUNKS`. */
const idsOfBefore: readonly (readonly string[])[] = [
  ['d802071d-5098-51df-a359-ee6fbf9b81ce', 'b8a72c98-af68-5ca3-80ea-5f6e1979dd0a', 'aa84edd5-4233-5705-84d1-f4a422034941'],
  ['5a139785-63b9-5714-b921-35564aa467da', '2650e3bd-423a-5507-9833-5c0b111ca017', 'f02aec3b-47f6-5caa-9a20-a5522b18afa6'],
  ['d802071d-5098-51df-a359-ee6fbf9b81ce', '42b70a12-3e37-515f-b5d8-fb7beb054967'],
];

const recorded = (more: object = {}): Recorded =>
  ({
    id,
    type: 'ThingSeen',
    streamId: 'sleeve-a',
    revision: 3n,
    isJson: false,
    data: Buffer.from('{}'),
    metadata: { attempt: 'a', contentHash: 'c', hash: 'h', recordedAt: 't' },
    position: { commit: 9n, prepare: 8n },
    created: new Date(0),
    ...more,
  }) as unknown as Recorded;

describe('an event of the server', () => {
  test('is what was stored', () => {
    expect(storedEvent(recorded())).toEqual({
      id,
      type: 'ThingSeen',
      contentHash: 'c',
      hash: 'h',
      recordedAt: 't',
      bytes: Uint8Array.from(Buffer.from('{}')),
      stream: 'sleeve-a',
      revision: 3n,
      position: '9/8',
    });
    expect(Buffer.from(bytesOf(recorded({ isJson: true, data: { a: 1 } }))).toString()).toBe('{"a":1}');
    expect(metadataOf(recorded({ metadata: undefined }))).toEqual({ attempt: '', contentHash: '', hash: '', recordedAt: '' });
    expect(metadataOf(recorded({ metadata: { attempt: 1, hash: 'h' } }))).toEqual({
      attempt: '',
      contentHash: '',
      hash: 'h',
      recordedAt: '',
    });
    expect([createdAt(recorded()), createdAt(recorded({ created: 'never' }))]).toEqual(['1970-01-01T00:00:00.000Z', null]);
  });

  test('counts when its stream is the ledger’s and its type wanted', () => {
    const [one, other, system] = [recorded(), recorded({ type: 'Other' }), recorded({ streamId: '$$sleeve-a' })];
    const page = [{ event: one }, { event: other }, { event: system }, { link: one }] as Parameters<typeof domainEventsOf>[0];
    expect(domainEventsOf(page, null)).toEqual([one, other]);
    expect(domainEventsOf(page, ['ThingSeen'])).toEqual([one]);
    expect(domainEventsOf(page, null, (stream) => stream.startsWith('$$'))).toEqual([system]);
  });

  test('with other content than was offered is refused', () => {
    const stored = storedEvent(recorded());
    refuseOtherContent('sleeve-a', [{ id, contentHash: 'c' }], [stored]);
    const refusal = refusalOf(() =>
      refuseOtherContent(
        'sleeve-a',
        [
          { id, contentHash: 'c' },
          { id, contentHash: 'd' },
        ],
        [stored, stored],
      ),
    );
    expect([refusal.code, refusal.message, refusal.evidence]).toEqual([
      'EventContentConflict',
      `event ${id} of stream "sleeve-a" is stored with other content`,
      { stream: 'sleeve-a', revision: '3', id, stored: 'c', offered: 'd' },
    ]);
  });

  test.each<[unknown, string[]]>([
    [{ $tb: 5 }, ['$tb']],
    [{ $maxCount: 1, $maxAge: 0, $acl: {} }, ['$maxAge', '$maxCount']],
    [{ $tb: null }, []],
    [{}, []],
    [null, []],
    [undefined, []],
  ])('of metadata %j says by what the stream is cut', (data, cuts) => {
    expect(cutsBy(recorded({ data }))).toEqual(cuts);
  });

  test('of metadata has a stream of its own', () => {
    expect(new RegExp(metadataStreamPattern).test('$$sleeve-a')).toBe(true);
    expect(['sleeve-a', 'x$$sleeve-a', '$$other'].some((stream) => new RegExp(metadataStreamPattern).test(stream))).toBe(false);
  });

  test('of a stream that is cut is not appended', () => {
    refuseCut('sleeve-a', []);
    const refusal = refusalOf(() => refuseCut('sleeve-a', ['$tb', '$maxAge']));
    expect([refusal.code, refusal.message, refusal.evidence]).toEqual([
      'StreamTruncated',
      'stream "sleeve-a" is cut by $tb, $maxAge in its metadata',
      { stream: 'sleeve-a', cuts: ['$tb', '$maxAge'] },
    ]);
  });
});
