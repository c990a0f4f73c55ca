import { describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';

describe('artifacts in memory', () => {
  test('that are missing or damaged are named', async () => {
    const held = new Map<string, Uint8Array>();
    const { artifacts } = createMemoryStore({ artifacts: held, cut: new Map() });
    const missing = 'a'.repeat(64);
    await expect(artifacts.get(missing)).rejects.toMatchObject({
      code: 'ArtifactMissing',
      message: `artifact ${missing} is not stored`,
      evidence: { sha256: missing },
    });
    const { sha256 } = await artifacts.put(Uint8Array.of(1, 2));
    held.set(sha256, new Uint8Array(0));
    // The published SHA-256 of nothing.
    const actual = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    await expect(artifacts.get(sha256)).rejects.toMatchObject({
      code: 'ArtifactDamaged',
      message: `artifact ${sha256} no longer matches its address`,
      evidence: { sha256, actual, bytes: 0 },
    });
  });

  test('are shared with nobody', async () => {
    const { artifacts } = createMemoryStore();
    const given = Uint8Array.of(1);
    const { sha256 } = await artifacts.put(given);
    given[0] = 2;
    (await artifacts.get(sha256))[0] = 3;
    expect(await artifacts.get(sha256)).toEqual(Uint8Array.of(1));
  });
});
