import { draftEvent } from '../domain/catalogue.ts';
import { commonRiskProfiles } from '../domain/risk/schemas.ts';
import { type DraftEvent, emptyTail, type EncodedEvent, placeEvents, type StreamTail } from '../domain/shared/envelope.ts';
import { hashOfJson } from '../domain/shared/hashing.ts';
import { derivedUuid, eventId } from '../domain/run/derived-uuid.ts';
import type { EventToAppend } from '../handlers/ports/ports.ts';
import { createNodeCrypto } from '../infra/crypto/node-crypto.ts';
import { uuidIds } from '../infra/system/ids.ts';

export const { sha256, sha256Hex } = createNodeCrypto();

const ledgerId = '8f2d6d6e-5c1b-5d8e-9a44-0123456789ab';
const code = { version: '0.1.0', commit: 'f'.repeat(40), lockHash: 'a'.repeat(64) };
const firstMs = Date.UTC(2026, 0, 2);

export function toAppend({ envelope, bytes, hash }: EncodedEvent): EventToAppend {
  return { id: envelope.id, type: envelope.type, contentHash: envelope.contentHash, hash, recordedAt: envelope.recordedAt, bytes };
}

/** Acceptances of runs of one sleeve, encoded as handlers encode them: validated, hashed, chained, ids derived. About 1 KB each. */
export class AcceptedRuns {
  readonly stream: string;
  readonly #sleeve: string;
  #tail: StreamTail = emptyTail;

  constructor(sleeve: string) {
    this.#sleeve = sleeve;
    this.stream = `sleeve-${sleeve}`;
  }

  get expectedRevision(): 'none' | bigint {
    return this.#tail.revision < 0 ? 'none' : BigInt(this.#tail.revision);
  }

  /** The next events of the stream, to be appended behind `expectedRevision` as it stood before the call. */
  next(count: number): EncodedEvent[] {
    const first = this.#tail.revision + 1;
    const drafts = Array.from({ length: count }, (_, index) => this.#draft(first + index));
    const commandId = derivedUuid(uuidIds.uuidV5, [ledgerId, 'command', this.stream, first]);
    const placed = placeEvents(sha256, this.stream, this.#tail, drafts, {
      correlationId: derivedUuid(uuidIds.uuidV5, [ledgerId, 'correlation', this.stream]),
      causationId: commandId,
      actor: 'bench',
      code,
      now: new Date(firstMs + first * 1000).toISOString(),
      idOf: (index) => eventId(uuidIds.uuidV5, ledgerId, this.stream, commandId, index),
    });
    const last = placed.at(-1)!;
    this.#tail = { revision: last.envelope.revision, hash: last.hash, recordedAt: last.envelope.recordedAt };
    return placed;
  }

  #draft(number: number): DraftEvent {
    const payloadHash = hashOfJson(sha256, [this.#sleeve, number]);
    const asOf = new Date(firstMs + number * 86_400_000).toISOString().slice(0, 10);
    return draftEvent('SleeveRunAccepted', {
      runId: `${this.#sleeve}-${asOf}-${payloadHash.slice(0, 16)}`,
      sleeve: this.#sleeve,
      profile: this.#sleeve,
      asOf,
      correction: 0,
      payloadHash,
      eligibility: 'CERTIFIED',
      risks: [...commonRiskProfiles],
    });
  }
}
