import { createHash } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import type Database from 'better-sqlite3';
import {
  artifactChunksMax,
  contentsOf,
  deflateLevel,
  type Inflate,
  type KeptChunks,
  keptChunks,
} from '../../domain/shared/artifact-chunks.ts';
import { allowedArtifact } from '../../domain/shared/artifact-size.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { ArtifactInfo, Artifacts, ListArtifactsOptions } from '../../handlers/ports/ports.ts';
import type { Connection } from './connection.ts';
import { chunkCodecsQuery } from './schema.ts';

type ChunkRow = [codec: string, byteCount: bigint | null, stored: Buffer | null];

/** One more than there may be, and none that is too long to be one: of what somebody else wrote no more is read. */
function chunksQuery(columns: string, stored: string): string {
  return (
    `SELECT ${columns}, iif(length(${stored}) <= ${limits.artifactChunkBytesMax}, ${stored}, NULL) FROM artifact_chunks WHERE sha256 = ? ` +
    `ORDER BY seq LIMIT ${artifactChunksMax + 1}`
  );
}

/** Content-addressed bytes in chunks; an artifact and all its chunks are one transaction. */
export class SqliteArtifacts implements Artifacts {
  readonly #connection: Connection;
  readonly #find: Database.Statement;
  readonly #insert: Database.Statement;
  readonly #hasCodecs: Database.Statement;
  readonly #list: Database.Statement;
  #preparedChunks: { readonly codecs: boolean; readonly statement: Database.Statement } | null = null;
  #preparedInsert: Database.Statement | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
    const prepare = (sql: string): Database.Statement => connection.database.prepare(sql);
    this.#find = prepare('SELECT 1 FROM artifacts WHERE sha256 = ?').pluck();
    this.#insert = prepare('INSERT INTO artifacts (sha256, byte_count) VALUES (?, ?)');
    this.#hasCodecs = prepare(chunkCodecsQuery).pluck();
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

  /** Hashes contents; what it answers stores them, within a transaction of the caller's that may run again. */
  prepare(contents: readonly Uint8Array[]): () => ArtifactInfo[] {
    const addressed = contents.map((bytes) => {
      const address = sha256(allowedArtifact(bytes));
      let kept: KeptChunks | null = null;
      // What is stored already is not deflated again.
      return { address, bytes, chunks: () => (kept ??= keptChunks(bytes, deflate)) };
    });
    return () =>
      addressed.map(({ address, bytes, chunks }) => {
        this.#storeOnce(address, bytes.length, chunks);
        return { sha256: address.toString('hex'), bytes: bytes.length };
      });
  }

  async get(address: string): Promise<Uint8Array> {
    const key = addressBytes(address);
    const chunks = await this.#connection.read(() => (this.#find.get(key) === undefined ? null : this.#chunksOf(key)));
    if (chunks === null) throw new LedgerError('ArtifactMissing', `artifact ${address} is not stored`, { evidence: { sha256: address } });
    const stored = chunks.map(([codec, byteCount, bytes]) => ({
      codec,
      stored: bytes,
      contentBytes: byteCount === null ? null : Number(byteCount),
    }));
    const bytes = Buffer.concat(contentsOf(address, stored, inflate));
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

  #storeOnce(address: Buffer, byteCount: number, chunksOf: () => KeptChunks): void {
    if (this.#find.get(address) !== undefined) return;
    this.#insert.run(address, byteCount);
    const { codec, chunks } = chunksOf();
    for (const [seq, { stored, contentBytes }] of chunks.entries())
      this.#insertChunk().run(address, seq, stored, codec, codec === 'raw' ? null : contentBytes);
  }

  /** A file of an older schema is read as it is, and may be brought up to date by another process at any time. */
  #chunksOf(key: Buffer): ChunkRow[] {
    const codecs = this.#hasCodecs.get() !== undefined;
    if (this.#preparedChunks?.codecs !== codecs) {
      const query = codecs ? chunksQuery('codec, byte_count', 'stored') : chunksQuery("'raw', NULL", 'bytes');
      this.#preparedChunks = { codecs, statement: this.#connection.database.prepare(query).raw() };
    }
    return this.#preparedChunks.statement.all(key) as ChunkRow[];
  }

  /** Prepared when it is wanted: a reader of an older file has no such columns. */
  #insertChunk(): Database.Statement {
    return (this.#preparedInsert ??= this.#connection.database.prepare(
      'INSERT INTO artifact_chunks (sha256, seq, stored, codec, byte_count) VALUES (?, ?, ?, ?, ?)',
    ));
  }
}

function deflate(content: Uint8Array): Uint8Array {
  return deflateSync(content, { level: deflateLevel });
}

const inflate: Inflate = (stored, bytesMax) =>
  inflateSync(stored, { maxOutputLength: bytesMax, info: true }) as unknown as ReturnType<Inflate>;

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Text that is not an address becomes an empty key, which matches nothing. */
function addressBytes(address: string): Buffer {
  return /^[0-9a-f]{64}$/.test(address) ? Buffer.from(address, 'hex') : Buffer.alloc(0);
}
