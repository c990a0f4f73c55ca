/** Keys of sealed letters: outside the ledger and of its backups, so that one that is destroyed is nowhere. */

export interface LetterKey {
  readonly keyId: string;
  /** 32 bytes, by chance. */
  readonly key: Uint8Array;
  /** Where the message was first met. */
  readonly place: string;
}

export interface LetterKeyRequest {
  /** What a message is known by when it comes again: 32 bytes. They stand beside the key and go with it. */
  readonly recognisedBy: Uint8Array;
  readonly place: string;
  /** Candidates for the key's id, by number: the first that no other key has is taken. */
  readonly idOf: (number: number) => string;
}

export interface LetterKeys {
  /** Names the file of keys; null while there is none. */
  id(): Promise<string | null>;
  /** The key of a message that came before; null when it did not, or the key was destroyed. */
  recognised(recognisedBy: Uint8Array): Promise<LetterKey | null>;
  /** The same, and a new key where there is none: durable when this resolves. Makes the file when it is missing. */
  keyFor(request: LetterKeyRequest): Promise<LetterKey>;
  /** Null when there is no such key here, or no more. */
  key(keyId: string): Promise<Uint8Array | null>;
  /** Overwrites keys on the disk. Their ids are not given again. */
  destroy(keyIds: readonly string[]): Promise<void>;
  close(): void;
}
