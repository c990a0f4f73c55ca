/** The contract of every store of artifacts. Expected addresses come from node:crypto and from the published SHA-256 of nothing. */
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { limits } from '../../domain/shared/limits.ts';
import type { Artifacts } from '../../handlers/ports/ports.ts';
import { addressesIn } from '../support/artifact-addresses.ts';

export interface ArtifactsSubject {
  readonly artifacts: Artifacts;
  /** Flips a bit of one stored byte behind the store's back. */
  readonly damage: (sha256: string, byteIndex: number) => Promise<void>;
  dispose(): Promise<void>;
}

const sha256OfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export function artifactsContract(name: string, makeSubject: () => Promise<ArtifactsSubject>): void {
  describe(`${name}: artifacts`, () => {
    let subject: ArtifactsSubject;
    let artifacts: Artifacts;
    beforeEach(async () => {
      subject = await makeSubject();
      artifacts = subject.artifacts;
    });
    afterEach(async () => {
      await subject.dispose();
    });

    test('are addressed by their SHA-256 and come back as they went in', async () => {
      const bytes = randomBytes(10_000);
      const info = await artifacts.put(bytes);
      expect(info).toEqual({ sha256: createHash('sha256').update(bytes).digest('hex'), bytes: 10_000 });
      expect(Buffer.from(await artifacts.get(info.sha256)).equals(bytes)).toBe(true);
      expect(await artifacts.has(info.sha256)).toBe(true);
    });

    test('put twice are stored once', async () => {
      const bytes = randomBytes(100);
      expect(await artifacts.put(bytes)).toEqual(await artifacts.put(bytes));
      expect(await addressesIn(artifacts)).toHaveLength(1);
    });

    test('put several at once come back each, in the order given, and what is there twice or already is stored once', async () => {
      const contents = [
        randomBytes(700_000),
        randomBytes(10),
        new Uint8Array(0),
        ...Array.from({ length: 9 }, (_, index) => Uint8Array.of(index)),
      ];
      await artifacts.put(contents[1]!);
      const infos = await artifacts.putAll([...contents, contents[0]!]);
      expect(infos).toEqual(
        [...contents, contents[0]!].map((bytes) => ({ sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length })),
      );
      for (const [index, bytes] of contents.entries())
        expect(Buffer.from(await artifacts.get(infos[index]!.sha256)).equals(bytes)).toBe(true);
      expect(await addressesIn(artifacts)).toHaveLength(contents.length);
      expect(await artifacts.putAll([])).toEqual([]);
    });

    test('put several at once, one of them beyond the limit: LimitExceeded, none is stored', async () => {
      const tooLong = new Uint8Array(0);
      Object.defineProperty(tooLong, 'length', { value: limits.artifactBytesMax + 1 });
      await expect(artifacts.putAll([Uint8Array.of(1), tooLong])).rejects.toMatchObject({ code: 'LimitExceeded' });
      expect(await addressesIn(artifacts)).toEqual([]);
    });

    test('may be empty', async () => {
      expect(await artifacts.put(new Uint8Array(0))).toEqual({ sha256: sha256OfNothing, bytes: 0 });
      expect(await artifacts.get(sha256OfNothing)).toHaveLength(0);
      expect(await artifacts.has(sha256OfNothing)).toBe(true);
    });

    test.each([524_287, 524_288, 524_289, 5_000_000])('of %i bytes survive being cut into chunks', async (length) => {
      const bytes = randomBytes(length);
      const { sha256 } = await artifacts.put(bytes);
      expect(Buffer.from(await artifacts.get(sha256)).equals(bytes)).toBe(true);
    });

    test.each([60, 524_287, 524_288, 524_289, 5_000_000])(
      'of %i bytes that repeat themselves come back as they went in',
      async (length) => {
        const bytes = Buffer.alloc(length, '2024-01-02,0.0125\n2024-01-03,-0.003\n');
        const { sha256 } = await artifacts.put(bytes);
        expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
        expect(Buffer.from(await artifacts.get(sha256)).equals(bytes)).toBe(true);
        expect(await artifacts.put(bytes)).toEqual({ sha256, bytes: length });
        expect(await addressesIn(artifacts)).toEqual([sha256]);
      },
    );

    test('may be a view into a larger buffer', async () => {
      const whole = randomBytes(1_000);
      const view = new Uint8Array(whole.buffer, whole.byteOffset + 100, 50);
      const { sha256 } = await artifacts.put(view);
      expect(Buffer.from(await artifacts.get(sha256)).equals(whole.subarray(100, 150))).toBe(true);
    });

    test.each(['0'.repeat(64), 'ABC', '', 'g'.repeat(64)])('asked for at %j, where nothing is: ArtifactMissing', async (address) => {
      await artifacts.put(new Uint8Array(0));
      await expect(artifacts.get(address)).rejects.toMatchObject({ code: 'ArtifactMissing' });
      expect(await artifacts.has(address)).toBe(false);
    });

    test.each([0, 524_288, 599_999])('damaged at byte %i: ArtifactDamaged with both hashes, the others unharmed', async (byteIndex) => {
      const other = await artifacts.put(randomBytes(64));
      const bytes = randomBytes(600_000);
      const { sha256 } = await artifacts.put(bytes);
      await subject.damage(sha256, byteIndex);
      bytes[byteIndex]! ^= 1;
      await expect(artifacts.get(sha256)).rejects.toMatchObject({
        code: 'ArtifactDamaged',
        evidence: { sha256, actual: createHash('sha256').update(bytes).digest('hex') },
      });
      await expect(artifacts.get(other.sha256)).resolves.toHaveLength(64);
    });

    test('are listed in ascending order of their addresses', async () => {
      for (let index = 0; index < 20; index++) await artifacts.put(Uint8Array.of(index));
      const listed = await addressesIn(artifacts);
      expect(listed).toHaveLength(20);
      expect(listed).toEqual(listed.toSorted());
    });

    test('are listed page by page, each beginning behind the last address of the one before', async () => {
      for (let index = 0; index < 20; index++) await artifacts.put(Uint8Array.of(index));
      const all = await artifacts.list({ after: null, limit: 100 });
      expect(all).toHaveLength(20);
      expect(await artifacts.list({ after: null, limit: 7 })).toEqual(all.slice(0, 7));
      expect(await artifacts.list({ after: all[6]!, limit: 7 })).toEqual(all.slice(7, 14));
      expect(await artifacts.list({ after: all[13]!, limit: 7 })).toEqual(all.slice(14));
      expect(await artifacts.list({ after: all[19]!, limit: 7 })).toEqual([]);
      // An address that is not stored is a place between two that are.
      const between = `${all[9]!.slice(0, 63)}${all[9]!.endsWith('f') ? 'f' : 'e'}`;
      expect(await artifacts.list({ after: between, limit: 3 })).toEqual(all.filter((address) => address > between).slice(0, 3));
    });
  });
}
