import { randomBytes, randomUUID } from 'node:crypto';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { LetterKey, LetterKeyRequest, LetterKeys } from '../../handlers/ports/ports.ts';

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Keys of sealed letters in memory. */
export class MemoryLetterKeys implements LetterKeys {
  readonly #id = randomUUID();
  /** Null where the key was destroyed. */
  readonly #keys = new Map<string, LetterKey | null>();
  readonly #recognised = new Map<string, string>();

  async id(): Promise<string | null> {
    return this.#keys.size === 0 ? null : this.#id;
  }

  async recognised(recognisedBy: Uint8Array): Promise<LetterKey | null> {
    const keyId = this.#recognised.get(textOf(recognisedBy));
    return keyId === undefined ? null : (this.#keys.get(keyId) ?? null);
  }

  async keyFor({ recognisedBy, place, idOf }: LetterKeyRequest): Promise<LetterKey> {
    const before = await this.recognised(recognisedBy);
    if (before !== null) return before;
    let number = 0;
    while (this.#keys.has(idOf(number))) number++;
    const made = { keyId: idOf(number), key: new Uint8Array(randomBytes(32)), place };
    this.#keys.set(made.keyId, made);
    this.#recognised.set(textOf(recognisedBy), made.keyId);
    return made;
  }

  async key(keyId: string): Promise<Uint8Array | null> {
    return this.#keys.get(keyId)?.key ?? null;
  }

  async destroy(keyIds: readonly string[]): Promise<void> {
    const gone = new Set(keyIds);
    for (const keyId of gone) {
      this.#keys.get(keyId)?.key.fill(0);
      this.#keys.set(keyId, null);
    }
    for (const [recognisedBy, keyId] of this.#recognised) if (gone.has(keyId)) this.#recognised.delete(recognisedBy);
  }

  close(): void {}
}

/** Where no store was opened that has keys: none is found, and none is made that would be lost. */
export const noLetterKeys: LetterKeys = {
  id: async () => null,
  recognised: async () => null,
  keyFor: async () => {
    throw new LedgerError('Internal', 'a letter is to be sealed, and no file of letter keys was opened with the store');
  },
  key: async () => null,
  destroy: async () => {
    throw new LedgerError('Internal', 'a letter is to be erased, and no file of letter keys was opened with the store');
  },
  close: () => undefined,
};
