/** A ledger full of dead letters, appended through the store: as a flood leaves it, in seconds. */
import type { DraftEvent } from '../../domain/shared/envelope.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import { openSqlite } from '../../infra/sqlite/open.ts';
import { appendBatch } from './grown-ledger.ts';
import { sampleId, sha256 } from './sample-events.ts';

/** An append holds at most a MiB. */
const batchLetters = 100;

/** Appends so many letters to one stream of a ledger in a file, a hundred at a time. */
export async function appendLetters(file: string, stream: string, count: number, draft: (number: number) => DraftEvent): Promise<void> {
  const ledger = openSqlite(file, { access: 'write', create: false });
  try {
    for (let from = 0; from < count; from += batchLetters) {
      const drafts = Array.from({ length: Math.min(batchLetters, count - from) }, (_, index) => draft(from + index));
      await appendBatch(ledger.store, { stream, drafts }, '2026-11-21T08:00:00.000Z');
    }
  } finally {
    ledger.close();
  }
}

/** A letter as release 0.1.0 recorded it: with the first 4 KiB of its message. Open, without the message whole. */
export function letterOf010(number: number, sleeve: string | null): DraftEvent {
  const head = `{"number":${number},"filler":"${'x'.repeat(1_000)}`;
  return {
    type: 'SleeveRunRejected',
    schemaVersion: 1,
    data: {
      letterId: sampleId(`letter ${number}`),
      sleeve,
      code: 'MessageInvalid',
      reason: 'not JSON',
      path: null,
      source: { topic: 'sleeve-results.v1', partition: 0, offset: String(number), key: sleeve, headers: {} },
      payload: {
        bytes: head.length,
        sha256: toHex(sha256(new TextEncoder().encode(head))),
        headBase64: Buffer.from(head).toString('base64'),
        document: null,
      },
    },
  };
}
