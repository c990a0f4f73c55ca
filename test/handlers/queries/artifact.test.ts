/** An artifact by its address. */
import { expect, test } from '@jest/globals';
import { artifactOf } from '../../../handlers/queries/artifact.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';

const memory = createMemoryStore();

test('an artifact is its bytes, with its text where they are one', async () => {
  const text = await memory.artifacts.put(new TextEncoder().encode('größer'));
  expect(await artifactOf(memory, text.sha256)).toEqual({
    sha256: text.sha256,
    bytes: new TextEncoder().encode('größer'),
    text: 'größer',
  });
  const bytes = Uint8Array.of(0xff, 0xfe, 0x80);
  const { sha256 } = await memory.artifacts.put(bytes);
  expect(await artifactOf(memory, sha256)).toEqual({ sha256, bytes, text: null });
});

test.each(['', 'a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64), `${'a'.repeat(63)}g`])('%p is no address', async (address) => {
  await expect(artifactOf(memory, address)).rejects.toMatchObject({
    code: 'Usage',
    message: `${address} is not a SHA-256 address: 64 hexadecimal digits in lower case`,
    at: { path: address },
  });
});

test('an address that nothing is stored at is unknown', async () => {
  const address = 'a'.repeat(64);
  await expect(artifactOf(memory, address)).rejects.toMatchObject({
    code: 'ArtifactUnknown',
    message: `no artifact ${address} is stored`,
    at: { path: address },
  });
});
