import { randomUUID } from 'node:crypto';
import dbClient from '@eventstore/db-client';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import { checkCheckpointName, checkpointConflict, checkpointText, parseCheckpoint } from '../../domain/shared/checkpoint-record.ts';
import { isConflict } from '../../domain/shared/error-kinds.ts';
import type { CheckpointRecord, Checkpoints } from '../../handlers/ports/ports.ts';
import { appendProposed } from './appending.ts';
import { withRetries } from './retry.ts';
import { bytesOf } from './recorded-event.ts';
import { refuseClosed, type Session } from './session.ts';

const streamPrefix = 'checkpoint-';
const recordType = 'CheckpointWritten';
/** Only the newest record counts; a few more help to find out what happened. */
const recordsKeptMax = 16;

/**
 * Checkpoints as streams of their own, which belong to no ledger: the revision is the version, the newest event the record. They
 * alone have a maximum length, or each renewal of a lease would stay forever.
 */
export class EventStoreDbCheckpoints implements Checkpoints {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(name: string): Promise<CheckpointRecord | null> {
    checkCheckpointName(name);
    refuseClosed(this.#session);
    const { client, retry } = this.#session;
    const stream = streamPrefix + name;
    const page = await withRetries(this.#session, { call: 'read a stream', stream }, () =>
      client.readStreamPage(stream, 'end', 1, 'backwards', retry.callMsMax),
    );
    const event = page?.[0]?.event;
    return event === undefined
      ? null
      : { value: parseCheckpoint(name, Buffer.from(bytesOf(event)).toString('utf8')), version: event.revision };
  }

  /** A try whose outcome is unknown is made again with the same id: the server then answers as it would have the first time. */
  async write(name: string, value: JsonObject, expected: 'none' | bigint): Promise<CheckpointRecord> {
    const text = checkpointText(name, value);
    refuseClosed(this.#session);
    if (expected === 'none') await this.#boundHistory(streamPrefix + name);
    const record = { id: randomUUID(), type: recordType, bytes: Buffer.from(text, 'utf8'), metadata: undefined };
    try {
      const { revision: version } = await appendProposed(this.#session, streamPrefix + name, [record], expected);
      return { value: parseCheckpoint(name, text), version };
    } catch (error) {
      if (!isConflict(error)) throw error;
      const actual = error.evidence['actual'];
      throw checkpointConflict(name, expected, typeof actual === 'string' && actual !== 'none' ? BigInt(actual) : null);
    }
  }

  /** Before the first record; where somebody has said so already, it stays as it is. */
  async #boundHistory(stream: string): Promise<void> {
    const { client, retry } = this.#session;
    await withRetries(this.#session, { call: 'write metadata', stream }, async () => {
      await client.boundStream(stream, recordsKeptMax, retry.callMsMax).catch((error: unknown) => {
        if (!(error instanceof dbClient.WrongExpectedVersionError)) throw error;
      });
    });
  }
}
