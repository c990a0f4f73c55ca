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
