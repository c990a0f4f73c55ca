/** Runs that a process recorded itself of late: read from memory, and forgotten when there are too many. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import type { StoredEvent } from '../../../handlers/ports/ports.ts';
import { RecentRecords, type RunReader } from '../../../handlers/runtime/recent-records.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';

const { sha256, sha256Hex } = createNodeCrypto();
const event = (revision: number, length = 1): StoredEvent => ({ revision: BigInt(revision), bytes: { length } }) as unknown as StoredEvent;
const far = { revision: 99n } as StoredEvent;
const mebibyte = 1_048_576;

let recent: RecentRecords;
let asked: string[];
let reader: RunReader;

beforeEach(() => {
  recent = new RecentRecords();
  asked = [];
  reader = recent.reading({
    store: {
      readStream: async (stream) => {
        asked.push(stream);
        return [far];
      },
    },
    artifacts: {
      get: async (address) => {
        asked.push(address);
        return Buffer.from('far');
      },
    },
  });
});

function staged(...contents: readonly Uint8Array[]): StagedArtifacts {
  const all = new StagedArtifacts(sha256);
  for (const bytes of contents) all.keep(bytes);
  return all;
}

const forwards = (stream: string, from = 0, maxCount = 10): Promise<readonly StoredEvent[]> =>
  reader.store.readStream(stream, { from: BigInt(from), maxCount, direction: 'forwards' });

const revisions = async (from: number, maxCount: number): Promise<bigint[]> =>
  (await forwards('run-1', from, maxCount)).map(({ revision }) => revision);

/** Artifacts of so many bytes each, by their addresses; only their length counts. */
const staging = (lengths: Readonly<Record<string, number>>): StagedArtifacts =>
  ({ entries: () => Object.entries(lengths).map(([address, length]) => [address, { length }]) }) as unknown as StagedArtifacts;

describe('what was recorded here', () => {
  const content = Buffer.from('content');

  beforeEach(() => recent.remember('run-1', [event(0), event(1), event(2)], staged(content)));

  test('is read from memory, as the store would tell it', async () => {
    expect([await revisions(0, 10), await revisions(1, 1), await revisions(3, 10)]).toEqual([[0n, 1n, 2n], [1n], []]);
    expect(await reader.artifacts.get(sha256Hex(content))).toEqual(content);
    expect(asked).toEqual([]);
  });

  test('is read from the store backwards, and so is every other run and artifact', async () => {
    expect(await reader.store.readStream('run-1', { from: 2n, maxCount: 1, direction: 'backwards' })).toEqual([far]);
    expect(await forwards('run-2')).toEqual([far]);
    expect(await reader.artifacts.get('another')).toEqual(Buffer.from('far'));
    expect(asked).toEqual(['run-1', 'run-2', 'another']);
  });

  test('is remembered once', async () => {
    recent.remember('run-1', [event(0)], staged());
    expect((await forwards('run-1')).length).toBe(3);
  });
});

describe('what takes more than 64 MiB', () => {
  const elsewhere = Buffer.from('far');

  test('is forgotten, the oldest first, with its artifacts', async () => {
    recent.remember('run-1', [event(0)], staging({ a: 32 * mebibyte }));
    recent.remember('run-2', [event(0)], staging({ b: 32 * mebibyte - 2 }));
    // Exactly as much as is kept.
    expect([await forwards('run-1'), await forwards('run-2')].flat()).toEqual([event(0), event(0)]);
    recent.remember('run-3', [event(0)], staging({}));
    expect([await forwards('run-1'), await forwards('run-2'), await forwards('run-3')].flat()).toEqual([far, event(0), event(0)]);
    expect(await reader.artifacts.get('a')).toEqual(elsewhere);
    expect(await reader.artifacts.get('b')).toEqual({ length: 32 * mebibyte - 2 });
    // What was forgotten has left its room.
    recent.remember('run-4', [event(0, 32 * mebibyte)], staging({}));
    expect(await forwards('run-2')).toEqual([event(0)]);
    recent.remember('run-5', [event(0)], staging({}));
    expect(await forwards('run-2')).toEqual([far]);
  });

  test('by itself is not kept', async () => {
    recent.remember('run-1', [event(0, 64 * mebibyte + 1)], staging({}));
    expect(await forwards('run-1')).toEqual([far]);
  });

  test('counts an artifact that two runs share once, and keeps it for as long as the first of them', async () => {
    recent.remember('run-1', [event(0)], staging({ shared: 40 * mebibyte }));
    recent.remember('run-2', [event(0)], staging({ shared: 40 * mebibyte }));
    expect(await forwards('run-1')).toEqual([event(0)]);
    recent.remember('run-3', [event(0, 30 * mebibyte)], staging({}));
    expect([await forwards('run-1'), await forwards('run-2')].flat()).toEqual([far, event(0)]);
    expect(await reader.artifacts.get('shared')).toEqual(elsewhere);
  });
});
