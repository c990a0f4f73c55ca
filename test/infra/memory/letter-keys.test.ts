import { describe, expect, test } from '@jest/globals';
import type { LetterKeyRequest } from '../../../handlers/ports/ports.ts';
import { MemoryLetterKeys, noLetterKeys } from '../../../infra/memory/letter-keys.ts';

const place = { topic: 't', partition: 1, offset: '2' } as unknown as LetterKeyRequest['place'];
const request = (mark: number, name = 'key'): LetterKeyRequest => ({
  recognisedBy: Uint8Array.of(0, mark),
  place,
  idOf: (number) => `${name}-${number}`,
});

describe('keys of letters in memory', () => {
  test('have an id once there is one, the same from then on', async () => {
    const keys = new MemoryLetterKeys();
    expect(await keys.id()).toBeNull();
    await keys.keyFor(request(1));
    const id = await keys.id();
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    await keys.keyFor(request(2));
    expect(await keys.id()).toBe(id);
    expect(await new MemoryLetterKeys().id()).not.toBe(id);
  });

  test('are made once for each letter, under the first id that is free, of 32 bytes by chance', async () => {
    const keys = new MemoryLetterKeys();
    const [one, two, again] = [await keys.keyFor(request(1)), await keys.keyFor(request(2)), await keys.keyFor(request(1, 'other'))];
    expect(one).toEqual({ keyId: 'key-0', key: expect.any(Uint8Array), place });
    expect([two.keyId, one.key.length, again]).toEqual(['key-1', 32, one]);
    expect(one.key).not.toEqual(two.key);
    expect(await keys.recognised(request(1).recognisedBy)).toEqual(one);
    expect(await keys.recognised(Uint8Array.of(1, 1))).toBeNull();
    expect([await keys.key('key-1'), await keys.key('key-2')]).toEqual([two.key, null]);
  });

  test('that are destroyed are gone, and their ids are not given again', async () => {
    const keys = new MemoryLetterKeys();
    const [one, two] = [await keys.keyFor(request(1)), await keys.keyFor(request(2))];
    await keys.destroy(['key-0', 'key-0', 'unknown']);
    expect([...one.key]).toEqual(Array.from({ length: 32 }, () => 0));
    expect([await keys.key('key-0'), await keys.key('key-1'), await keys.key('unknown')]).toEqual([null, two.key, null]);
    expect(await keys.recognised(request(1).recognisedBy)).toBeNull();
    expect(await keys.recognised(request(2).recognisedBy)).toEqual(two);
    expect((await keys.keyFor(request(1))).keyId).toBe('key-2');
    keys.close();
  });
});

test('where no file of keys was opened there are none, and none is made or destroyed', async () => {
  expect([await noLetterKeys.id(), await noLetterKeys.recognised(Uint8Array.of(1)), await noLetterKeys.key('key-0')]).toEqual([
    null,
    null,
    null,
  ]);
  await expect(noLetterKeys.keyFor(request(1))).rejects.toMatchObject({
    code: 'Internal',
    message: 'a letter is to be sealed, and no file of letter keys was opened with the store',
  });
  await expect(noLetterKeys.destroy(['key-0'])).rejects.toMatchObject({
    code: 'Internal',
    message: 'a letter is to be erased, and no file of letter keys was opened with the store',
  });
  noLetterKeys.close();
});
