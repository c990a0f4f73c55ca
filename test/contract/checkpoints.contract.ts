/** The contract of every store of checkpoints: compare and set, by versions that count the writes. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { limits } from '../../domain/shared/limits.ts';
import type { Checkpoints, EventStore } from '../../handlers/ports/ports.ts';
import { sampleEvents } from '../support/sample-events.ts';
import { everything } from './event-store-bench.ts';

export interface CheckpointsSubject {
  readonly checkpoints: Checkpoints;
  readonly store: EventStore;
  /** Another handle on the same data, as a process that starts later would hold. */
  again(): Promise<Checkpoints>;
  dispose(): Promise<void>;
}

export function checkpointsContract(name: string, makeSubject: () => Promise<CheckpointsSubject>): void {
  describe(`${name}: checkpoints`, () => {
    let subject: CheckpointsSubject;
    let checkpoints: Checkpoints;
    beforeEach(async () => {
      subject = await makeSubject();
      checkpoints = subject.checkpoints;
    });
    afterEach(async () => {
      await subject.dispose();
    });

    test('everything that was written is listed, where the store can list it', async () => {
      for (const written of ['relay-b', 'relay-a']) await checkpoints.write(written, {}, 'none');
      expect((await checkpoints.names?.()) ?? ['relay-a', 'relay-b']).toEqual(['relay-a', 'relay-b']);
    });

    test('a name that nobody wrote reads as null', async () => {
      expect(await checkpoints.read('relay')).toBeNull();
    });

    test('versions count the writes of a name from 0, and a read gives the newest', async () => {
      for (const version of [0n, 1n, 2n]) {
        const record = { value: { place: String(version) }, version };
        expect(await checkpoints.write('relay', record.value, version === 0n ? 'none' : version - 1n)).toEqual(record);
        expect(await checkpoints.read('relay')).toEqual(record);
      }
    });

    test('names stand apart', async () => {
      await checkpoints.write('relay', { place: 'a' }, 'none');
      await checkpoints.write('relay.2', { place: 'b' }, 'none');
      await checkpoints.write('relay.2', { place: 'c' }, 0n);
      expect(await checkpoints.read('relay')).toEqual({ value: { place: 'a' }, version: 0n });
      expect(await checkpoints.read('relay.2')).toEqual({ value: { place: 'c' }, version: 1n });
    });

    test.each([
      ['none', 'none although it is there'],
      [0n, 'a version that is passed'],
      [2n, 'a version that is still to come'],
    ] as const)('expecting %s (%s): WrongExpectedRevision with both, nothing is written', async (expected, _what) => {
      await checkpoints.write('relay', { place: 'a' }, 'none');
      await checkpoints.write('relay', { place: 'b' }, 0n);
      await expect(checkpoints.write('relay', { place: 'x' }, expected)).rejects.toMatchObject({
        code: 'WrongExpectedRevision',
        evidence: { name: expect.stringContaining('relay') as unknown, expected: String(expected), actual: '1' },
      });
      expect(await checkpoints.read('relay')).toEqual({ value: { place: 'b' }, version: 1n });
    });

    test('expecting a version of a name that nobody wrote: WrongExpectedRevision, found none', async () => {
      await expect(checkpoints.write('relay', {}, 0n)).rejects.toMatchObject({
        code: 'WrongExpectedRevision',
        evidence: { expected: '0', actual: 'none' },
      });
      expect(await checkpoints.read('relay')).toBeNull();
    });

    test('the same value again is another write', async () => {
      await checkpoints.write('relay', { place: 'a' }, 'none');
      await expect(checkpoints.write('relay', { place: 'a' }, 'none')).rejects.toMatchObject({ code: 'WrongExpectedRevision' });
      expect(await checkpoints.write('relay', { place: 'a' }, 0n)).toMatchObject({ version: 1n });
    });

    test('of several that write at once, from several handles, one succeeds in each round', async () => {
      const handles = [checkpoints, await subject.again(), await subject.again()];
      for (let round = 0; round < 8; round++) {
        const expected = round === 0 ? 'none' : BigInt(round - 1);
        const outcomes = await Promise.allSettled(
          [...handles, ...handles].map((handle, who) => handle.write('relay', { round, who }, expected)),
        );
        const won = outcomes.flatMap((outcome, who) => (outcome.status === 'fulfilled' ? [{ who, version: outcome.value.version }] : []));
        expect(won).toEqual([{ who: expect.any(Number) as unknown, version: BigInt(round) }]);
        expect(await checkpoints.read('relay')).toEqual({ value: { round, who: won[0]!.who }, version: BigInt(round) });
      }
    });

    test('survive their writer, whatever JSON they hold', async () => {
      const value = { text: 'é\u2028"\\', nothing: null, number: 1e-7, list: [1, { deep: true }] };
      await checkpoints.write('relay', value, 'none');
      expect(await (await subject.again()).read('relay')).toEqual({ value, version: 0n });
    });

    test('share no object with their writer or reader', async () => {
      const value = { list: [1] };
      const { value: written } = await checkpoints.write('relay', value, 'none');
      const { value: read } = (await checkpoints.read('relay'))!;
      for (const shared of [value, written, read] as { list: number[] }[]) shared.list.push(2);
      expect((await checkpoints.read('relay'))!.value).toEqual({ list: [1] });
    });

    test('fifty writes later the newest is read and its version is exact', async () => {
      for (let version = 0; version < 50; version++)
        await checkpoints.write('relay', { version }, version === 0 ? 'none' : BigInt(version - 1));
      expect(await checkpoints.read('relay')).toEqual({ value: { version: 49 }, version: 49n });
      await expect(checkpoints.write('relay', {}, 'none')).rejects.toMatchObject({
        code: 'WrongExpectedRevision',
        evidence: { actual: '49' },
      });
    });

    test('are not events: neither read, nor subscribed to, nor the head', async () => {
      const stream = 'sleeveRun-a';
      const { events } = await subject.store.append(stream, sampleEvents({ stream, count: 1 }), { expectedRevision: 'none' });
      const seen: string[] = [];
      const controller = new AbortController();
      const watching = (async () => {
        for await (const event of subject.store.subscribeAll({ after: null, types: null, signal: controller.signal })) {
          seen.push(event.id);
          if (seen.length === 2) break;
        }
      })();
      await checkpoints.write('relay', { place: 'a' }, 'none');
      expect((await subject.store.readAll(everything)).map(({ id }) => id)).toEqual([events[0]!.id]);
      expect(await subject.store.head()).toBe(events[0]!.position);
      const other = 'sleeveRun-b';
      const { events: later } = await subject.store.append(other, sampleEvents({ stream: other, count: 1 }), { expectedRevision: 'none' });
      await watching;
      expect(seen).toEqual([events[0]!.id, later[0]!.id]);
    });

    test.each(['', '$relay', 'relay/1', 'rel ay', 'r'.repeat(151), 'relay\u0000'])('the name %j is refused', async (bad) => {
      await expect(checkpoints.write(bad, {}, 'none')).rejects.toMatchObject({ code: 'Usage' });
      await expect(checkpoints.read(bad)).rejects.toMatchObject({ code: 'Usage' });
    });

    test('what is not plain JSON, or more than a small record, is refused', async () => {
      await expect(checkpoints.write('relay', { bad: Number.NaN }, 'none')).rejects.toMatchObject({ code: 'NotPlainJson' });
      await expect(checkpoints.write('relay', { long: 'x'.repeat(limits.inlineDataBytesMax) }, 'none')).rejects.toMatchObject({
        code: 'LimitExceeded',
      });
      expect(await checkpoints.read('relay')).toBeNull();
    });
  });
}
