/** The contract of every store of read models. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { ProjectionId, ReadModels, RowChange, RowsQuery } from '../../handlers/ports/ports.ts';

export interface ReadModelsSubject {
  readonly readModels: ReadModels;
  dispose(): Promise<void>;
}

const p: ProjectionId = { name: 'p', version: 1 };
const q: ProjectionId = { name: 'q', version: 1 };

/** A change at position 1, unless another is given. */
const change = (key: string, value: JsonObject | null, position = '1'): RowChange => ({ key, value, position });

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

    const rowsOf = (id: ProjectionId, query: Partial<RowsQuery> = {}): ReturnType<ReadModels['rows']> =>
      readModels.rows(id, { prefix: '', from: null, to: null, after: null, limit: 1000, direction: 'forwards', at: null, ...query });
    const keysOf = async (query: Partial<RowsQuery>): Promise<string[]> => (await rowsOf(p, query)).map((row) => row.key);

    test('a projection that never ran has neither checkpoint nor rows', async () => {
      expect(await readModels.checkpoint(p)).toBeNull();
      expect(await readModels.row(p, 'k', null)).toBeNull();
      expect(await rowsOf(p)).toEqual([]);
    });

    test('rows and checkpoint arrive together; later rows replace and null deletes', async () => {
      await readModels.commit(p, [change('a', { n: 1 }), change('b', { n: 2 })], '10', null);
      await readModels.commit(p, [change('a', { n: 3 }, '20'), change('b', null, '20'), change('never', null, '20')], '20', '10');
      expect(await readModels.checkpoint(p)).toBe('20');
      expect(await rowsOf(p)).toEqual([{ key: 'a', value: { n: 3 } }]);
      expect(await readModels.row(p, 'b', null)).toBeNull();
    });

    test('projections are listed once they have a checkpoint, with or without rows, until they are reset', async () => {
      expect(await readModels.projections()).toEqual([]);
      await readModels.commit(q, [], '10', null);
      await readModels.commit(p, [change('a', { n: 1 })], '10', null);
      expect(await readModels.projections()).toEqual([p, q]);
      await readModels.reset(q);
      expect(await readModels.projections()).toEqual([p]);
    });

    test('the later of two changes of one row in a commit counts', async () => {
      await readModels.commit(p, [change('a', { n: 1 }), change('a', { n: 2 })], '1', null);
      expect(await readModels.row(p, 'a', null)).toEqual({ n: 2 });
    });

    test.each([
      ['null', null, '10'],
      ['an older one', '5', '10'],
    ])('a projector that expects %s is refused and changes nothing', async (_, expected, actual) => {
      await readModels.commit(p, [change('a', { n: 1 })], actual, null);
      await expect(readModels.commit(p, [change('a', { n: 2 })], '11', expected)).rejects.toMatchObject({
        code: 'WrongExpectedRevision',
        evidence: { expected: expected ?? 'none', actual },
      });
      expect(await readModels.row(p, 'a', null)).toEqual({ n: 1 });
      expect(await readModels.checkpoint(p)).toBe(actual);
    });

    test('a projector that expects a checkpoint where none is is refused', async () => {
      await expect(readModels.commit(p, [], '11', '10')).rejects.toMatchObject({
        code: 'WrongExpectedRevision',
        evidence: { expected: '10', actual: 'none' },
      });
      expect(await readModels.checkpoint(p)).toBeNull();
    });

    test('of ten projectors at once one commits', async () => {
      const settled = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => readModels.commit(p, [change('a', { n })], '1', null)));
      expect(settled.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    });

    test('a value that is not plain JSON is refused, and with it the whole commit', async () => {
      const changes = [change('a', { n: 1 }), change('b', { n: Number.NaN })];
      await expect(readModels.commit(p, changes, '1', null)).rejects.toMatchObject({ code: 'NotPlainJson' });
      expect(await rowsOf(p)).toEqual([]);
      expect(await readModels.checkpoint(p)).toBeNull();
    });

    test('projections do not see each other, and reset empties one of them', async () => {
      await readModels.commit(p, [change('a', { n: 1 })], '1', null);
      await readModels.commit(q, [change('a', { n: 2 })], '2', null);
      await readModels.reset(p);
      expect(await readModels.checkpoint(p)).toBeNull();
      expect(await rowsOf(p)).toEqual([]);
      expect(await readModels.row(q, 'a', null)).toEqual({ n: 2 });
      expect(await readModels.checkpoint(q)).toBe('2');
      await readModels.commit(p, [], '1', null);
    });

    test('rows with a prefix come by key in the order of code units, which is not that of UTF-8 beyond the basic plane', async () => {
      const inOrder = ['w', 'w-', 'w-A', 'w-B', 'w-a', 'w-\u00e9', 'w-\ud83d\ude00', 'w-\uff5a', 'w-\uffff', 'w.', 'x'];
      await readModels.commit(
        p,
        inOrder.toReversed().map((key) => change(key, { key })),
        '1',
        null,
      );
      expect(await keysOf({ prefix: '' })).toEqual(inOrder);
      expect(await keysOf({ prefix: 'w-' })).toEqual(inOrder.filter((key) => key.startsWith('w-')));
      expect(await keysOf({ prefix: 'w-\ud83d\ude00' })).toEqual(['w-\ud83d\ude00']);
      expect(await keysOf({ prefix: 'z' })).toEqual([]);
    });

    test('half a surrogate pair is neither a key nor a prefix', async () => {
      await readModels.commit(p, [change('\ufffd', {}), change('\ud83d\ude00', {})], '1', null);
      await expect(readModels.row(p, '\ud83d', null)).rejects.toMatchObject({ code: 'NotPlainJson' });
      await expect(rowsOf(p, { prefix: '\ud83d' })).rejects.toMatchObject({ code: 'NotPlainJson' });
      await expect(readModels.commit(p, [change('\ude00', {})], '2', '1')).rejects.toMatchObject({ code: 'NotPlainJson' });
    });

    test('a prefix has no wildcards', async () => {
      await readModels.commit(
        p,
        ['a%b', 'axb', 'a_b', "a'b", 'a*'].map((key) => change(key, {})),
        '1',
        null,
      );
      expect(await keysOf({ prefix: 'a%' })).toEqual(['a%b']);
      expect(await keysOf({ prefix: 'a_' })).toEqual(['a_b']);
      expect(await keysOf({ prefix: "a'" })).toEqual(["a'b"]);
    });

    test('values survive: nesting, unicode, the largest and smallest numbers, __proto__ as a key', async () => {
      const value = JSON.parse(
        '{"__proto__":{"x":1},"a":[null,true,1.7976931348623157e308,5e-324,-0.1,"\\u0000 \\ud83d\\ude00"]}',
      ) as JsonObject;
      await readModels.commit(p, [change('k', value)], '1', null);
      expect(JSON.stringify(await readModels.row(p, 'k', null))).toBe(JSON.stringify(value));
    });

    test('what is handed out is a copy', async () => {
      const value = { list: [1, 2] };
      await readModels.commit(p, [change('k', value)], '1', null);
      value.list.push(3);
      const read = (await readModels.row(p, 'k', null)) as { list: number[] };
      expect(read.list).toEqual([1, 2]);
      read.list.push(4);
      expect(await readModels.row(p, 'k', null)).toEqual({ list: [1, 2] });
    });
  });
}
