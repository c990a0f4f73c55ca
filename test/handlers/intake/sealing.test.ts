/** What is sealed of a message, byte by byte, and who opens it. */
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { incomingOf } from '../../../handlers/intake/incoming.ts';
import {
  type ForeignText,
  isKept,
  type RefusedMessage,
  sealMany,
  sealText,
  unsealBytes,
  unsealMany,
  unsealText,
} from '../../../handlers/intake/sealing.ts';
import type { LetterKey } from '../../../handlers/ports/ports.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { memorySession } from '../../support/imported-run.ts';
import { rawMessage } from '../../support/sleeve-results.ts';

let session: Session;

beforeEach(() => {
  session = memorySession();
});

const keyIds = ['00000000-0000-5000-8000-000000000001', '00000000-0000-5000-8000-000000000002'] as const;
const key = (keyId: string): Promise<LetterKey> =>
  session.ports.letterKeys.keyFor({ recognisedBy: Buffer.from(keyId), place: keyId, idOf: () => keyId });

const headers = { 'content-type': 'text/plain' };
const value = Uint8Array.of(0, 255, 0x7b);
const whole: ForeignText = { reason: 'why', path: 'data.a', headers, value };

describe('the text of a letter', () => {
  test.each<[string, ForeignText]>([
    ['whole', whole],
    ['without a reason and a place', { reason: null, path: null, headers: {}, value }],
    ['of a message without bytes', { ...whole, value: new Uint8Array() }],
    ['of a message that is not kept', { ...whole, value: null }],
    ['in any language', { ...whole, reason: 'ü \u{1F600}' }],
  ])('%s comes back as it was', async (_, text) => {
    const { value: bytes, ...head } = await unsealText(session.ports, await sealText(session, await key(keyIds[0]), text));
    expect({ ...head, value: bytes === null ? null : Uint8Array.from(bytes) }).toEqual(text);
  });

  test('is the length of its head in four bytes, the head, and the bytes of the message', async () => {
    const bytes = Buffer.from(await unsealBytes(session.ports, await sealText(session, await key(keyIds[0]), whole)));
    const head = '{"reason":"why","path":"data.a","headers":{"content-type":"text/plain"},"whole":true}';
    expect(bytes).toEqual(Buffer.concat([Buffer.from([0, 0, 0, head.length]), Buffer.from(head), value]));
  });

  test('is named by its key, the file of keys, and the hash of what is stored', async () => {
    const sealed = await sealText(session, await key(keyIds[0]), whole);
    const stored = await session.ports.artifacts.get(sealed.document.sha256);
    expect(sealed).toEqual({
      keyId: keyIds[0],
      keyFile: await session.ports.letterKeys.id(),
      document: {
        kind: 'document',
        sha256: session.ports.crypto.sha256Hex(stored),
        bytes: stored.length,
        mediaType: 'application/octet-stream',
      },
    });
    expect(Buffer.from(stored).includes('text/plain')).toBe(false);
  });

  test('is opened by nobody once its key is gone: the refusal names the key, and both files', async () => {
    const sealed = await sealText(session, await key(keyIds[0]), whole);
    await session.ports.letterKeys.destroy([keyIds[0]]);
    await expect(unsealText(session.ports, { ...sealed, keyFile: keyIds[1] })).rejects.toMatchObject({
      code: 'LetterKeyMissing',
      message: `the key ${keyIds[0]} of a sealed letter is not here`,
      evidence: { keyId: keyIds[0], keyFile: keyIds[1], keyFileHere: sealed.keyFile },
    });
  });

  test('of one letter passes for no other, even under the same key', async () => {
    const first = await key(keyIds[0]);
    const sealed = await sealText(session, first, whole);
    jest.spyOn(session.ports.letterKeys, 'key').mockResolvedValue(first.key);
    expect(await unsealText(session.ports, sealed)).toMatchObject({ reason: 'why' });
    await expect(unsealText(session.ports, { ...sealed, keyId: keyIds[1] })).rejects.toMatchObject({
      code: 'ArtifactDamaged',
      message: `the key ${keyIds[1]} does not open its letter`,
      evidence: { sha256: sealed.document.sha256, keyId: keyIds[1] },
    });
  });

  test('is not sealed where the file of keys has no name', async () => {
    const first = await key(keyIds[0]);
    jest.spyOn(session.ports.letterKeys, 'id').mockResolvedValue(null);
    const put = jest.spyOn(session.ports.artifacts, 'put');
    await expect(sealText(session, first, whole)).rejects.toMatchObject({
      code: 'Internal',
      message: 'a letter has a key, and the file of keys has no name',
    });
    expect(put).not.toHaveBeenCalled();
  });
});

describe('the messages of a flood', () => {
  const source = { topic: 't', partition: 1, offset: '2', key: null, headers };
  const message: RefusedMessage = { ...whole, reason: 'why', source, sha256: 'ab', code: 'MessageInvalid' };
  const row = { source, sha256: 'ab', code: 'MessageInvalid', reason: 'why', path: 'data.a' };

  test('are sealed in their order, each with its bytes where they are kept', async () => {
    const messages = [message, { ...message, path: null, value: null }, { ...message, value: new Uint8Array() }];
    const sealed = await sealMany(session, await key(keyIds[0]), messages);
    expect(await unsealMany(session.ports, sealed)).toEqual(messages);
    expect(JSON.parse(Buffer.from(await unsealBytes(session.ports, sealed)).toString('utf8'))).toEqual([
      { ...row, valueBase64: Buffer.from(value).toString('base64') },
      { ...row, path: null, valueBase64: null },
      { ...row, valueBase64: '' },
    ]);
  });
});

test.each([
  ['one without a value', null, false],
  ['one without bytes', new Uint8Array(), true],
  ['the longest', new Uint8Array(limits.messageBytesMax), true],
  ['one that is longer', new Uint8Array(limits.messageBytesMax + 1), false],
])('whether a message is kept whole: %s', (_, bytes, kept) => {
  expect(isKept(incomingOf(rawMessage('coins', bytes), session.ports.crypto))).toBe(kept);
});
