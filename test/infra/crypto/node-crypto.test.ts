import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { fromHex, toHex } from '../../../domain/shared/hashing.ts';

const crypto = createNodeCrypto();

describe('Ed25519: RFC 8032 section 7.1', () => {
  test.each([
    [
      'TEST 1',
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      'TEST 2',
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'TEST 3',
      'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ])('%s: key, signature and verification are as published', (_, seed, publicKey, message, signature) => {
    expect(toHex(crypto.publicKeyOf(fromHex(seed)))).toBe(publicKey);
    expect(toHex(crypto.sign(fromHex(seed), fromHex(message)))).toBe(signature);
    expect(crypto.verify(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true);
    for (let bit = 0; bit < 512; bit += 37) {
      const flipped = fromHex(signature);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(crypto.verify(fromHex(publicKey), fromHex(message), flipped)).toBe(false);
    }
  });

  test('a new key pair signs what it verifies, and its public key derives from its seed', () => {
    const pair = crypto.newKeyPair();
    expect(pair.privateSeed).toHaveLength(32);
    expect(crypto.publicKeyOf(pair.privateSeed)).toEqual(pair.publicKey);
    const message = new TextEncoder().encode('message');
    expect(crypto.verify(pair.publicKey, message, crypto.sign(pair.privateSeed, message))).toBe(true);
    expect(crypto.newKeyPair().privateSeed).not.toEqual(pair.privateSeed);
  });

  test('keys and signatures of another length never verify, and no such seed signs', () => {
    const pair = crypto.newKeyPair();
    const message = new Uint8Array(1);
    const signature = crypto.sign(pair.privateSeed, message);
    expect(crypto.verify(pair.publicKey.subarray(1), message, signature)).toBe(false);
    expect(crypto.verify(pair.publicKey, message, signature.subarray(1))).toBe(false);
    expect(() => crypto.sign(pair.privateSeed.subarray(1), message)).toThrow('32 bytes');
  });
});

describe('SHA-256', () => {
  test.each([
    ['FIPS 180-4, "abc"', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['the empty text', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [
      'FIPS 180-4, 448 bits',
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('%s', (_, text, expected) => {
    expect(toHex(crypto.sha256(new TextEncoder().encode(text)))).toBe(expected);
  });

  test('agrees with the streaming hash for every length up to 300, also on a view into a larger buffer', () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => (index * 7) & 255);
    for (let length = 0; length <= 300; length++) {
      const view = bytes.subarray(300 - length);
      expect(toHex(crypto.sha256(view))).toBe(createHash('sha256').update(view).digest('hex'));
    }
  });
});

describe('a running SHA-256', () => {
  test('is that of all its pieces', () => {
    const running = crypto.runningSha256();
    for (const piece of ['a', '', 'bc']) running.update(new TextEncoder().encode(piece));
    const digest = running.digest();
    expect(toHex(digest)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(Object.getPrototypeOf(digest)).toBe(Uint8Array.prototype);
    expect(crypto.sha256Hex(new TextEncoder().encode('abc'))).toBe(toHex(digest));
  });
});

describe('keys that are changed between two signatures', () => {
  test('are told apart, also where one piece of memory holds both after one another', () => {
    const [one, other] = [crypto.newKeyPair(), crypto.newKeyPair()];
    const message = Uint8Array.of(1, 2, 3);
    const [byOne, byOther] = [crypto.sign(one.privateSeed, message), crypto.sign(other.privateSeed, message)];
    const held = Uint8Array.from(one.publicKey);
    expect([crypto.verify(held, message, byOne), crypto.verify(held, message, byOther)]).toEqual([true, false]);
    held.set(other.publicKey);
    expect([crypto.verify(held, message, byOne), crypto.verify(held, message, byOther)]).toEqual([false, true]);
    expect([crypto.verify(one.publicKey, message, byOne), crypto.verify(one.publicKey, message, byOther)]).toEqual([true, false]);
    expect([one.publicKey.length, byOne.length, Object.getPrototypeOf(byOne)]).toEqual([32, 64, Uint8Array.prototype]);
  });

  test.each([0, 31, 33, 64])('of %d bytes are refused with their length', (length) => {
    const key = new Uint8Array(length);
    expect(() => crypto.publicKeyOf(key)).toThrow(new RangeError(`an Ed25519 seed must have 32 bytes, not ${length}`));
    expect(() => crypto.seal(key, key, '')).toThrow(new RangeError(`an AES-256 key must have 32 bytes, not ${length}`));
    expect(crypto.unseal(key, new Uint8Array(40), '')).toBeNull();
    expect(crypto.verify(key, key, new Uint8Array(64))).toBe(false);
  });
});

describe('AES-256-GCM', () => {
  const key = new Uint8Array(32).fill(7);
  const text = new TextEncoder().encode('a letter');

  test('unseals what others seal: test cases 13 and 14 of the GCM specification of McGrew and Viega', () => {
    const zeros = new Uint8Array(32);
    const nonce = new Uint8Array(12);
    const sealed = (hex: string): Uint8Array => Uint8Array.from([...nonce, ...fromHex(hex)]);
    expect(crypto.unseal(zeros, sealed('530f8afbc74536b9a963b4f1c4cb738b'), '')).toHaveLength(0);
    const opened = crypto.unseal(zeros, sealed('cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919'), '');
    expect(toHex(opened!)).toBe('0'.repeat(32));
  });

  test('seals under a nonce of its own each time, in 28 bytes more, and for its context alone', () => {
    const [one, other] = [crypto.seal(key, text, 'letter 1'), crypto.seal(key, text, 'letter 1')];
    expect([one.length, toHex(one.subarray(0, 12)) === toHex(other.subarray(0, 12))]).toEqual([text.length + 28, false]);
    expect(Buffer.from(crypto.unseal(key, one, 'letter 1')!)).toEqual(Buffer.from(text));
    expect(crypto.unseal(key, one, 'letter 2')).toBeNull();
    expect(crypto.unseal(new Uint8Array(32), one, 'letter 1')).toBeNull();
    expect(crypto.seal(key, new Uint8Array(0), '')).toHaveLength(28);
    expect(crypto.unseal(key, crypto.seal(key, new Uint8Array(0), 'é'), 'é')).toHaveLength(0);
    const larger = Buffer.concat([Buffer.alloc(5), one, Buffer.alloc(5)]).subarray(5, 5 + one.length);
    expect(Buffer.from(crypto.unseal(key, larger, 'letter 1')!)).toEqual(Buffer.from(text));
  });

  test('gives nothing of what was changed in any byte, or cut', () => {
    const sealed = crypto.seal(key, text, 'context');
    for (let at = 0; at < sealed.length; at++) {
      const changed = Uint8Array.from(sealed);
      changed[at]! ^= 0x80;
      expect({ at, opened: crypto.unseal(key, changed, 'context') }).toEqual({ at, opened: null });
    }
    for (const length of [0, 1, 12, 27, 28, sealed.length - 1])
      expect({ length, opened: crypto.unseal(key, sealed.subarray(0, length), 'context') }).toEqual({ length, opened: null });
  });
});
