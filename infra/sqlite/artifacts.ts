import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { allowedArtifact } from '../../domain/shared/artifact-size.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { ArtifactInfo, Artifacts, ListArtifactsOptions } from '../../handlers/ports/ports.ts';
import type { Connection } from './connection.ts';

/** Content-addressed bytes in chunks; an artifact and all its chunks are one transaction. */
export class SqliteArtifacts implements Artifacts {
  readonly #connection: Connection;
  readonly #find: Database.Statement;
  readonly #insert: Database.Statement;
  readonly #insertChunk: Database.Statement;
  readonly #chunks: Database.Statement;
  readonly #list: Database.Statement;

  constructor(connection: Connection) {
    this.#connection = connection;
    const prepare = (sql: string): Database.Statement => connection.database.prepare(sql);
    this.#find = prepare('SELECT 1 FROM artifacts WHERE sha256 = ?').pluck();
    this.#insert = prepare('INSERT INTO artifacts (sha256, byte_count) VALUES (?, ?)');
    this.#insertChunk = prepare('INSERT INTO artifact_chunks (sha256, seq, bytes) VALUES (?, ?, ?)');
    this.#chunks = prepare('SELECT bytes FROM artifact_chunks WHERE sha256 = ? ORDER BY seq').pluck();
    this.#list = prepare('SELECT lower(hex(sha256)) FROM artifacts WHERE sha256 > ? ORDER BY sha256 LIMIT ?').pluck();
  }

  async put(bytes: Uint8Array): Promise<ArtifactInfo> {
    return (await this.putAll([bytes]))[0]!;
  }

  /** One transaction, and so one flush to the disk. */
  async putAll(contents: readonly Uint8Array[]): Promise<readonly ArtifactInfo[]> {
    const keep = this.prepare(contents);
    return this.#connection.write(keep);
  }

  /** Hashes contents; what it answers stores them, within a transaction of the caller's. */
  prepare(contents: readonly Uint8Array[]): () => ArtifactInfo[] {
    const addressed = contents.map((bytes) => ({ address: sha256(allowedArtifact(bytes)), bytes }));
    return () =>
      addressed.map(({ address, bytes }) => {
        this.#storeOnce(address, bytes);
        return { sha256: address.toString('hex'), bytes: bytes.length };
      });
  }

  async get(address: string): Promise<Uint8Array> {
    const key = addressBytes(address);
    const chunks = await this.#connection.read(() => (this.#find.get(key) === undefined ? null : (this.#chunks.all(key) as Buffer[])));
    if (chunks === null) throw new LedgerError('ArtifactMissing', `artifact ${address} is not stored`, { evidence: { sha256: address } });
    const bytes = Buffer.concat(chunks);
    const actual = sha256(bytes).toString('hex');
    if (actual !== address) {
      throw new LedgerError('ArtifactDamaged', `artifact ${address} no longer matches its address`, {
        evidence: { sha256: address, actual, bytes: bytes.length },
      });
    }
    return bytes;
  }

  async has(address: string): Promise<boolean> {
    return this.#connection.read(() => this.#find.get(addressBytes(address)) !== undefined);
  }

  async list({ after, limit }: ListArtifactsOptions): Promise<readonly string[]> {
    // Every address is greater than the empty one.
    const from = after === null ? Buffer.alloc(0) : addressBytes(after);
    return this.#connection.read(() => this.#list.all(from, limit) as string[]);
  }

  #storeOnce(address: Buffer, bytes: Uint8Array): void {
    if (this.#find.get(address) !== undefined) return;
    this.#insert.run(address, bytes.length);
    for (let seq = 0, start = 0; start < bytes.length; seq++, start += limits.artifactChunkBytesMax) {
      this.#insertChunk.run(address, seq, bytes.subarray(start, start + limits.artifactChunkBytesMax));
    }
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Text that is not an address becomes an empty key, which matches nothing. */
function addressBytes(address: string): Buffer {
  return /^[0-9a-f]{64}$/.test(address) ? Buffer.from(address, 'hex') : Buffer.alloc(0);
}
