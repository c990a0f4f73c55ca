/**
 * Somebody who may write the SQLite file and has this source, but not the signing key of the ledger: appends events whose hashes, chains
 * and ranges are right, and signs with keys of their own.
 */
import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { toBase64 } from '../../domain/audit/base64.ts';
import { signCheckpoint } from '../../domain/audit/checkpoint.ts';
import { appendLeaf, emptyRange, rangeHashes, rangeRoot } from '../../domain/audit/compact-range.ts';
import { formatVerifierKey, type VerifierKey, verifierKeyOf } from '../../domain/audit/signed-note.ts';
import { derivedUuid } from '../../domain/run/derived-uuid.ts';
import { type DraftEvent, emptyTail, placeEvents, type StreamTail } from '../../domain/shared/envelope.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import { rotationMessage } from '../../handlers/ledger/keys.ts';
import { createNodeCrypto } from '../../infra/crypto/node-crypto.ts';
import { uuidIds } from '../../infra/system/ids.ts';

const crypto = createNodeCrypto();
const { sha256 } = crypto;

/** A key pair under the name of some origin. */
export interface ForgedKey {
  readonly key: VerifierKey;
  readonly text: string;
  readonly seed: Uint8Array;
}

export function newKey(origin: string): ForgedKey {
  const { privateSeed, publicKey } = crypto.newKeyPair();
  const key = verifierKeyOf(sha256, origin, publicKey);
  return { key, text: formatVerifierKey(key), seed: privateSeed };
}

/** The id of the ledger that a key opens. */
export function ledgerIdOf({ key }: ForgedKey): string {
  return derivedUuid(uuidIds.uuidV5, ['ledger', toHex(key.publicKey)]);
}

interface Leaf {
  readonly stream: string;
  readonly revision: bigint;
  readonly hash: Buffer;
}

export class Forger {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Any change of the file. */
  sql(statement: string, ...values: readonly unknown[]): void {
    this.#with((database) => database.prepare(statement).run(...values));
  }

  execute(statements: string): void {
    this.#with((database) => database.exec(statements));
  }

  /** What lies in the file, in global order. */
  events(): readonly { readonly bytes: Uint8Array; readonly position: string; readonly hash: string }[] {
    let found: { readonly bytes: Buffer; readonly position: string; readonly hash: string }[] = [];
    this.#with((database) => {
      const columns = 'CAST(position AS TEXT) AS position, lower(hex(hash)) AS hash, bytes';
      found = database.prepare(`SELECT ${columns} FROM events ORDER BY events.position`).all() as typeof found;
    });
    return found;
  }

  append(stream: string, ...drafts: readonly DraftEvent[]): this {
    this.#with((database) => this.#append(database, stream, drafts));
    return this;
  }

  /** A seal over everything there is, signed with a key, in stream `seals` or another. */
  seal({ key, seed }: ForgedKey, stream = 'seals'): this {
    this.#with((database) => {
      let [range, before] = [emptyRange, emptyRange];
      const leaves = database.prepare('SELECT stream, revision, hash FROM events ORDER BY position').all() as Leaf[];
      for (const { hash } of leaves) [before, range] = [range, appendLeaf(sha256, range, Uint8Array.from(hash))];
      const { size } = range;
      const root = rangeRoot(sha256, range);
      const checkpoint = signCheckpoint({ origin: key.name, size, root }, key, (message) => crypto.sign(seed, message));
      const last = leaves.at(-1)!;
      const named = { stream: last.stream, revision: Number(last.revision) };
      const data = { treeSize: size, root: toHex(root), checkpoint, range: rangeHashes(before), last: named };
      this.#append(database, stream, [{ type: 'LedgerSealed', schemaVersion: 2, data }]);
    });
    return this;
  }

  /** A rotation, signed by whomever; `before` is the key that it claims to hand over from. */
  rotate(before: string, after: string, signer: ForgedKey | null, stream = 'ledger'): this {
    const why = 'forged';
    const signature = signer === null ? 'A'.repeat(86) + '==' : toBase64(crypto.sign(signer.seed, rotationMessage(before, after, why)));
    const data = { verifierKeyBefore: before, verifierKeyAfter: after, signature, why };
    return this.append(stream, { type: 'SigningKeyRotated', schemaVersion: 1, data });
  }

  open(opener: ForgedKey, { stream = 'ledger', ledgerId = ledgerIdOf(opener) } = {}): this {
    const data = { ledgerId, origin: opener.key.name, verifierKey: opener.text };
    return this.append(stream, { type: 'LedgerOpened', schemaVersion: 1, data });
  }

  /** Throws away everything from a position on, and what was folded from it. */
  cut(from: number): this {
    this.execute('DELETE FROM projection_rows; DELETE FROM projection_history; DELETE FROM projection_checkpoints');
    this.sql('DELETE FROM events WHERE position >= ?', from);
    return this;
  }

  #append(database: Database.Database, stream: string, drafts: readonly DraftEvent[]): void {
    const select =
      'SELECT revision, lower(hex(hash)) AS hash, recorded_at AS recordedAt FROM events WHERE stream = ? ORDER BY revision DESC';
    const found = database.prepare(`${select} LIMIT 1`).get(stream) as (Omit<StreamTail, 'revision'> & { revision: bigint }) | undefined;
    const tail = found === undefined ? emptyTail : { ...found, revision: Number(found.revision) };
    const author = {
      correlationId: randomUUID(),
      causationId: randomUUID(),
      actor: 'somebody',
      code: { version: '0.1.0', commit: 'c', lockHash: 'l' },
    };
    const encoded = placeEvents(sha256, stream, tail, drafts, { ...author, now: '2026-11-22T08:00:00.000Z', idOf: () => randomUUID() });
    const insert = database.prepare(
      'INSERT INTO events (stream, revision, id, type, recorded_at, content_hash, hash, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    for (const { envelope, bytes, hash } of encoded) {
      const { revision, id, type, recordedAt, contentHash } = envelope;
      insert.run(stream, revision, id, type, recordedAt, Buffer.from(contentHash, 'hex'), Buffer.from(hash, 'hex'), Buffer.from(bytes));
    }
  }

  #with(work: (database: Database.Database) => unknown): void {
    const database = new Database(this.#file, { fileMustExist: true }).defaultSafeIntegers(true);
    try {
      work(database);
    } finally {
      database.close();
    }
  }
}
