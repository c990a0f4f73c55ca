/** The contract of every store of read models. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { ReadModels } from '../../handlers/ports.ts';

export interface ReadModelsSubject {
  readonly readModels: ReadModels;
  dispose(): Promise<void>;
}

const at = (position: string): { position: string; projectionVersion: number } => ({ position, projectionVersion: 1 });

export function readModelsContract(name: string, makeSubject: () => Promise<ReadModelsSubject>): void {
  describe(`${name}: read models`, () => {
    let subject: ReadModelsSubject;
    let readModels: ReadModels;
    beforeEach(async () => {
      subject = await makeSubject();
      readModels = subject.readModels;
    });
    afterEach(async () => {
      await subject.dispose();
    });


    const keysOf = async (projection: string, prefix: string): Promise<string[]> => (await readModels.rows(projection, prefix)).map((row) => row.key);

    test('a projection that never ran has neither checkpoint nor rows', async () => {
      expect(await readModels.checkpoint('p')).toBeNull();
      expect(await readModels.row('p', 'k')).toBeNull();
      expect(await readModels.rows('p', '')).toEqual([]);
    });

    test('rows and checkpoint arrive together; later rows replace and null deletes', async () => {
      await readModels.commit('p', [{ key: 'a', value: { n: 1 } }, { key: 'b', value: { n: 2 } }], at('10'), null);
      await readModels.commit('p', [{ key: 'a', value: { n: 3 } }, { key: 'b', value: null }, { key: 'never', value: null }], { position: '20', projectionVersion: 2 }, '10');
      expect(await readModels.checkpoint('p')).toEqual({ position: '20', projectionVersion: 2 });
      expect(await readModels.rows('p', '')).toEqual([{ key: 'a', value: { n: 3 } }]);
      expect(await readModels.row('p', 'b')).toBeNull();
    });

    test('projections are listed once they have a checkpoint, with or without rows, until they are reset', async () => {
      expect(await readModels.projections()).toEqual([]);
      await readModels.commit('q', [], at('10'), null);
      await readModels.commit('p', [{ key: 'a', value: { n: 1 } }], at('10'), null);
      expect(await readModels.projections()).toEqual(['p', 'q']);
      await readModels.reset('q');
      expect(await readModels.projections()).toEqual(['p']);
    });

    test('the later of two changes of one row in a commit counts', async () => {
      await readModels.commit('p', [{ key: 'a', value: { n: 1 } }, { key: 'a', value: { n: 2 } }], at('1'), null);
      expect(await readModels.row('p', 'a')).toEqual({ n: 2 });
    });

    test.each([
      ['null', null, '10'],
      ['an older one', '5', '10'],
    ])('a projector that expects %s is refused and changes nothing', async (_, expected, actual) => {
      await readModels.commit('p', [{ key: 'a', value: { n: 1 } }], at(actual), null);
      await expect(readModels.commit('p', [{ key: 'a', value: { n: 2 } }], at('11'), expected)).rejects.toMatchObject({
        code: 'WrongExpectedRevision',
        evidence: { expected: expected ?? 'none', actual },
      });
      expect(await readModels.row('p', 'a')).toEqual({ n: 1 });
      expect(await readModels.checkpoint('p')).toEqual(at(actual));
    });

    test('a projector that expects a checkpoint where none is is refused', async () => {
      await expect(readModels.commit('p', [], at('11'), '10')).rejects.toMatchObject({ code: 'WrongExpectedRevision', evidence: { expected: '10', actual: 'none' } });
      expect(await readModels.checkpoint('p')).toBeNull();
    });

    test('of ten projectors at once one commits', async () => {
      const settled = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => readModels.commit('p', [{ key: 'a', value: { n } }], at('1'), null)));
      expect(settled.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    });

    test('a value that is no plain JSON is refused, and with it the whole commit', async () => {
      const changes = [{ key: 'a', value: { n: 1 } }, { key: 'b', value: { n: Number.NaN } }];
      await expect(readModels.commit('p', changes, at('1'), null)).rejects.toMatchObject({ code: 'NotPlainJson' });
      expect(await readModels.rows('p', '')).toEqual([]);
      expect(await readModels.checkpoint('p')).toBeNull();
    });

    test('projections do not see each other, and reset empties one of them', async () => {
      await readModels.commit('p', [{ key: 'a', value: { n: 1 } }], at('1'), null);
      await readModels.commit('q', [{ key: 'a', value: { n: 2 } }], at('2'), null);
      await readModels.reset('p');
      expect(await readModels.checkpoint('p')).toBeNull();
      expect(await readModels.rows('p', '')).toEqual([]);
      expect(await readModels.row('q', 'a')).toEqual({ n: 2 });
      expect(await readModels.checkpoint('q')).toEqual(at('2'));
      await readModels.commit('p', [], at('1'), null);
    });

    test('rows with a prefix come by key in the order of code units, which is not that of UTF-8 beyond the basic plane', async () => {
      const inOrder = ['w', 'w-', 'w-A', 'w-B', 'w-a', 'w-\u00e9', 'w-\ud83d\ude00', 'w-\uff5a', 'w-\uffff', 'w.', 'x'];
      await readModels.commit('p', inOrder.toReversed().map((key) => ({ key, value: { key } })), at('1'), null);
      expect(await keysOf('p', '')).toEqual(inOrder);
      expect(await keysOf('p', 'w-')).toEqual(inOrder.filter((key) => key.startsWith('w-')));
      expect(await keysOf('p', 'w-\ud83d\ude00')).toEqual(['w-\ud83d\ude00']);
      expect(await keysOf('p', 'z')).toEqual([]);
    });

    test('half a surrogate pair is no key and no prefix', async () => {
      await readModels.commit('p', [{ key: '\ufffd', value: {} }, { key: '\ud83d\ude00', value: {} }], at('1'), null);
      await expect(readModels.row('p', '\ud83d')).rejects.toMatchObject({ code: 'NotPlainJson' });
      await expect(readModels.rows('p', '\ud83d')).rejects.toMatchObject({ code: 'NotPlainJson' });
      await expect(readModels.commit('p', [{ key: '\ude00', value: {} }], at('2'), '1')).rejects.toMatchObject({ code: 'NotPlainJson' });
    });

    test('a prefix has no wildcards', async () => {
      await readModels.commit('p', ['a%b', 'axb', 'a_b', "a'b", 'a*'].map((key) => ({ key, value: {} })), at('1'), null);
      expect(await keysOf('p', 'a%')).toEqual(['a%b']);
      expect(await keysOf('p', 'a_')).toEqual(['a_b']);
      expect(await keysOf('p', "a'")).toEqual(["a'b"]);
    });

    test('values survive: nesting, unicode, the largest and smallest numbers, __proto__ as a key', async () => {
      const value = JSON.parse('{"__proto__":{"x":1},"a":[null,true,1.7976931348623157e308,5e-324,-0.1,"\\u0000 \\ud83d\\ude00"]}') as JsonObject;
      await readModels.commit('p', [{ key: 'k', value }], at('1'), null);
      expect(JSON.stringify(await readModels.row('p', 'k'))).toBe(JSON.stringify(value));
    });

    test('what is handed out is a copy', async () => {
      const value = { list: [1, 2] };
      await readModels.commit('p', [{ key: 'k', value }], at('1'), null);
      value.list.push(3);
      const read = (await readModels.row('p', 'k')) as { list: number[] };
      expect(read.list).toEqual([1, 2]);
      read.list.push(4);
      expect(await readModels.row('p', 'k')).toEqual({ list: [1, 2] });
    });
  });
}
