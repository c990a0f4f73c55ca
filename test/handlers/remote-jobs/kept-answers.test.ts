/** Which answer of a job counts, and what becomes of one that is damaged. */
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Answer } from '../../../domain/jobs/answers.ts';
import type { Recipe } from '../../../domain/jobs/recipe.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { KeptAnswers } from '../../../handlers/remote-jobs/kept-answers.ts';
import { answerFormat } from '../../../infra/cache/entry.ts';
import { WatchedSession } from '../../support/watched-session.ts';

const key = 'c'.repeat(64);
const name = `backtest-answer-${key}`;
const recipe: Recipe = {
  job: 'echo',
  engine: 'build',
  data: 'd'.repeat(64),
  tables: {},
  window: { rows: 0, first: null, last: null },
  settings: {},
};
const done = (result: unknown): Answer => ({ kind: 'done', result });

let watched: WatchedSession;
let kept: KeptAnswers;

beforeEach(() => {
  watched = new WatchedSession();
  kept = new KeptAnswers({ ...watched.session.ports, answerFormat });
});

test('nothing is kept of a job that nobody answered', async () => {
  expect(await kept.find(key)).toBeNull();
  expect(watched.lines).toEqual([]);
});

test('an answer that is put is found by who has its address alone', async () => {
  const address = await kept.put(key, recipe, done(1));
  expect(await kept.read(key, address)).toEqual(done(1));
  expect(await kept.find(key)).toBeNull();
});

test('the first answer that is kept counts, and the second is told its address', async () => {
  const first = await kept.keep(key, recipe, done(1));
  expect(await kept.keep(key, recipe, done(2))).toBe(first);
  expect(await kept.find(key)).toEqual({ address: first, answer: done(1) });
  expect((await watched.session.ports.checkpoints.read(name))!.value).toEqual({ answer: first });
});

test('of two that keep at once the first to write counts', async () => {
  const { checkpoints } = watched.session.ports;
  const other = await kept.put(key, recipe, done(1));
  const write = checkpoints.write.bind(checkpoints);
  jest.spyOn(checkpoints, 'write').mockImplementationOnce(async (...given) => {
    await write(name, { answer: other }, 'none');
    return write(...given);
  });
  expect(await kept.keep(key, recipe, done(2))).toBe(other);
});

test('an answer that cannot be kept for another reason is an error', async () => {
  jest.spyOn(watched.session.ports.checkpoints, 'write').mockRejectedValue(new LedgerError('StoreFull', 'no room'));
  await expect(kept.keep(key, recipe, done(1))).rejects.toMatchObject({ code: 'StoreFull' });
});

describe('an answer that is not whole', () => {
  const damages: readonly (readonly [string, () => Promise<string>, string, RegExp])[] = [
    ['not there', async () => 'e'.repeat(64), 'ArtifactMissing', /e{64}/],
    [
      'other bytes',
      async () => (await watched.session.ports.artifacts.put(Buffer.from(`${'0'.repeat(64)}\nx`))).sha256,
      'ArtifactDamaged',
      /^the answer [0-9a-f]{64} cannot be read: its bytes are not those that were written$/,
    ],
    [
      'that of another job',
      () => kept.put('f'.repeat(64), recipe, done(1)),
      'ArtifactDamaged',
      /^the answer [0-9a-f]{64} cannot be read: it holds the answer of f{64}$/,
    ],
  ];

  test.each(damages)(
    'as it is %s is refused to who reads it, and computed again by who looks for it',
    async (_, damaged, code, message) => {
      const address = await damaged();
      await expect(kept.read(key, address)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
      await watched.session.ports.checkpoints.write(name, { answer: address }, 'none');
      expect(await kept.find(key)).toBeNull();
      expect(watched.lines).toEqual([
        { level: 'warn', message: 'a kept answer is damaged and is computed again', fields: { key, why: expect.stringMatching(message) } },
      ]);
      const better = await kept.keep(key, recipe, done(3));
      expect(await kept.find(key)).toEqual({ address: better, answer: done(3) });
    },
  );

  test('as another codec wrote it is refused in so many words', async () => {
    const other = { ...answerFormat, codec: 'V8 99', read: () => ({ kind: 'nothing' as const }) };
    const elsewhere = new KeptAnswers({ ...watched.session.ports, answerFormat: other });
    const address = await kept.put(key, recipe, done(1));
    await expect(elsewhere.read(key, address)).rejects.toMatchObject({
      code: 'ArtifactDamaged',
      message: `the answer ${address} cannot be read: it was not written by V8 99`,
      evidence: { sha256: address, key },
    });
  });

  test('is told from a store that is away, which is an error', async () => {
    const address = await kept.keep(key, recipe, done(1));
    jest.spyOn(watched.session.ports.artifacts, 'get').mockRejectedValue(new LedgerError('StoreUnavailable', 'away'));
    await expect(kept.find(key)).rejects.toMatchObject({ code: 'StoreUnavailable' });
    jest.spyOn(watched.session.ports.artifacts, 'get').mockRejectedValue(new TypeError(`no ${address}`));
    await expect(kept.find(key)).rejects.toThrow(TypeError);
  });

  test('as its checkpoint names none is not there', async () => {
    await watched.session.ports.checkpoints.write(name, { answer: 7 }, 'none');
    expect(await kept.find(key)).toBeNull();
    expect(watched.lines).toEqual([]);
  });
});
