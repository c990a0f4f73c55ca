/** Checkpoints by a scripted client: what is written where, the bound of their streams, and what a conflict says. */
import { describe, expect, test } from '@jest/globals';
import dbClient from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import type { Appended } from '../../../infra/eventstoredb/appended.ts';
import { EventStoreDbCheckpoints } from '../../../infra/eventstoredb/checkpoints.ts';
import type { Proposed } from '../../../infra/eventstoredb/requests.ts';
import { recordedAt, scriptedSession } from '../../support/fake-eventstoredb/scripted-session.ts';

const conflictAt = (current: bigint | 'no_stream') =>
  new dbClient.WrongExpectedVersionError(undefined, { streamName: 'checkpoint-relay', current, expected: 3n });
const stream = 'checkpoint-relay';

interface Given {
  readonly page?: unknown[] | null;
  readonly append?: () => Promise<Appended>;
  readonly bound?: () => Promise<void>;
}

function setUp({ page = null, append = async () => ({ revision: 4n, position: null }), bound = async () => undefined }: Given = {}) {
  const asked: unknown[][] = [];
  const client = {
    readStreamPage: async (...given: unknown[]) => (asked.push(['read', ...given]), page),
    append: async (name: string, proposed: readonly Proposed[], expected: unknown) => {
      const events = proposed.map(({ id, bytes, ...others }) => ({ ...others, text: Buffer.from(bytes).toString(), idChars: id.length }));
      asked.push(['append', name, events, expected]);
      return append();
    },
    boundStream: async (...given: unknown[]) => (asked.push(['bound', ...given]), bound()),
  };
  const { session, closing } = scriptedSession(client, { callMsMax: 100 });
  return { asked, closing, checkpoints: new EventStoreDbCheckpoints(session) };
}
const record = { type: 'CheckpointWritten', metadata: undefined, text: '{"a":1,"place":"x"}', idChars: 36 };

describe('a checkpoint', () => {
  test('is the newest record of its stream, and its version the revision', async () => {
    const event = recordedAt(1, { revision: 7n, data: Buffer.from('{"place":"x"}') });
    const { asked, checkpoints } = setUp({ page: [{ event }] });
    expect(await checkpoints.read('relay')).toEqual({ value: { place: 'x' }, version: 7n });
    expect(asked).toEqual([['read', stream, 'end', 1, 'backwards', 100]]);
  });

  test.each([null, [], [{ link: recordedAt(1) }]])('that nobody wrote is null %#', async (page) => {
    expect(await setUp({ page }).checkpoints.read('relay')).toBeNull();
  });

  test('is written behind the version that is expected, in canonical JSON', async () => {
    const { asked, checkpoints } = setUp();
    expect(await checkpoints.write('relay', { place: 'x', a: 1 }, 3n)).toEqual({ value: { a: 1, place: 'x' }, version: 4n });
    expect(asked).toEqual([['append', stream, [record], 3n]]);
  });

  test('has the length of its stream bounded before its first record', async () => {
    const { asked, checkpoints } = setUp();
    await checkpoints.write('relay', { place: 'x', a: 1 }, 'none');
    expect(asked).toEqual([
      ['bound', stream, 16, 100],
      ['append', stream, [record], 'none'],
    ]);
  });

  test('leaves a bound alone that somebody has set before', async () => {
    const { checkpoints } = setUp({ bound: () => Promise.reject(conflictAt(0n)) });
    expect(await checkpoints.write('relay', {}, 'none')).toEqual({ value: {}, version: 4n });
  });

  test('is not written without its bound', async () => {
    const denied = Object.assign(new Error('no'), { code: status.PERMISSION_DENIED });
    const { asked, checkpoints } = setUp({ bound: () => Promise.reject(denied) });
    await expect(checkpoints.write('relay', {}, 'none')).rejects.toMatchObject({
      code: 'StoreAccessDenied',
      evidence: { right: 'write the metadata of stream "checkpoint-relay"' },
    });
    expect(asked).toHaveLength(1);
  });

  test.each([
    [7n, '7'],
    ['no_stream', 'none'],
  ] as const)('that somebody else has written since, now at %s, is a conflict', async (current, actual) => {
    const { checkpoints } = setUp({ append: () => Promise.reject(conflictAt(current)) });
    await expect(checkpoints.write('relay', {}, 3n)).rejects.toMatchObject({
      code: 'WrongExpectedRevision',
      message: `checkpoint "relay" is at version ${actual}, expected version 3`,
      evidence: { name: 'relay', expected: '3', actual },
    });
  });

  test('that cannot be written says why', async () => {
    const { checkpoints } = setUp({ append: () => Promise.reject(new dbClient.MaxAppendSizeExceededError(undefined, 10)) });
    await expect(checkpoints.write('relay', {}, 3n)).rejects.toMatchObject({
      code: 'LimitExceeded',
      evidence: { stream, serverBytesMax: 10 },
    });
  });

  test('is neither read nor written under a name that is none, or once the store is closed', async () => {
    const { asked, closing, checkpoints } = setUp();
    await expect(checkpoints.read('a b')).rejects.toMatchObject({ code: 'Usage' });
    await expect(checkpoints.write('a b', {}, 'none')).rejects.toMatchObject({ code: 'Usage' });
    closing.abort();
    const closed = { code: 'StoreUnavailable', message: 'the store is closed' };
    await expect(checkpoints.read('relay')).rejects.toMatchObject(closed);
    await expect(checkpoints.write('relay', {}, 'none')).rejects.toMatchObject(closed);
    expect(asked).toEqual([]);
  });

  test('that may not be read says of which stream', async () => {
    const denied = Object.assign(new Error('no'), { code: status.PERMISSION_DENIED });
    const { session } = scriptedSession({ readStreamPage: () => Promise.reject(denied) });
    await expect(new EventStoreDbCheckpoints(session).read('relay')).rejects.toMatchObject({
      evidence: { right: 'read stream "checkpoint-relay"' },
    });
  });
});
