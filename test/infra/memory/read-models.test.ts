import { describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';

const p = { name: 'p', version: 1 };

describe('read models in memory', () => {
  test('that stand elsewhere than expected say both', async () => {
    const { readModels } = createMemoryStore();
    await expect(readModels.commit(p, [], '2', '1')).rejects.toMatchObject({
      code: 'WrongExpectedRevision',
      message: 'projection "p" is at none, expected 1',
      evidence: { projection: 'p', expected: '1', actual: 'none' },
    });
    await readModels.commit(p, [], '2', null);
    await expect(readModels.commit(p, [], '3', null)).rejects.toMatchObject({
      code: 'WrongExpectedRevision',
      message: 'projection "p" is at 2, expected none',
      evidence: { projection: 'p', expected: 'none', actual: '2' },
    });
  });

  test('take no key with a lone surrogate, nor look for one', async () => {
    const { readModels } = createMemoryStore();
    const bad = 'k\ud800';
    const refused = { code: 'NotPlainJson', message: 'a row key with a lone surrogate', evidence: { key: bad } };
    await expect(readModels.commit(p, [{ key: bad, value: {}, position: '1' }], '1', null)).rejects.toMatchObject(refused);
    expect(await readModels.checkpoint(p)).toBeNull();
    await readModels.commit(p, [], '1', null);
    await expect(readModels.row(p, bad, null)).rejects.toMatchObject(refused);
    const query = { prefix: '', from: null, to: null, after: null, limit: 9, direction: 'forwards', at: null } as const;
    for (const bound of ['prefix', 'from', 'to', 'after'])
      await expect(readModels.rows(p, { ...query, [bound]: bad })).rejects.toMatchObject(refused);
  });
});
