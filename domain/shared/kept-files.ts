/**
 * What a ledger cannot lose, told by content alone: whoever names a file to write may have named one of these under any name.
 */

/** "SLED" in ASCII: marks a SQLite file as ours at offset 68 of its header. */
export const applicationId = 0x534c4544;

const applicationIdOffset = 68;
const databaseMagic = 'SQLite format 3\u0000';
/** Beginnings of what SQLite keeps beside a database, in hexadecimal: its log in either byte order, a journal, the index of its log. */
const besideDatabase = /^(?:377f068[23]|d9d505f920a163d7|18e22d00|002de218)/;
const sideName = /-(?:wal|shm|journal)$/i;

/** Bytes of a file that `keptKindOf` wants to see; fewer where the file has fewer. */
export const keptHeadBytes = 65_536;

/** `key` and `checkpoint` are what the ledger itself replaces by newer ones. */
export type KeptKind = 'ledger' | 'database' | 'log' | 'key' | 'checkpoint' | 'answer';

/** For a sentence: the file *is* ... */
export const keptWords: Readonly<Record<KeptKind, string>> = {
  ledger: 'a ledger',
  database: 'a SQLite database',
  log: 'the log of a SQLite database',
  key: 'a signing key',
  checkpoint: 'a signed checkpoint',
  answer: 'an answer in the cache',
};

/** Whether bytes begin as a SQLite database does. */
export function beginsAsDatabase(head: Uint8Array): boolean {
  return latin1(head.subarray(0, databaseMagic.length)) === databaseMagic;
}

/** What the beginning of a file shows it to be; null for what may be replaced. */
export function keptKindOf(head: Uint8Array): KeptKind | null {
  if (beginsAsDatabase(head)) {
    const bears = head.length >= applicationIdOffset + 4 && new DataView(head.buffer, head.byteOffset).getUint32(applicationIdOffset);
    return bears === applicationId ? 'ledger' : 'database';
  }
  if (besideDatabase.test([...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(''))) return 'log';
  const text = latin1(head);
  // A note of C2SP is read as a verifier reads it: origin, size, root, an empty line, signatures. The dash is three bytes of UTF-8.
  if (/^[^\n]+\n\d+\n[A-Za-z0-9+/]{43}=\n(?:[^\n]+\n)*\n\u00e2\u0080\u0094 /.test(text)) return 'checkpoint';
  if (/^\s*\{[^]*"privateSeedHex"\s*:/.test(text)) return 'key';
  return /^[0-9a-f]{64}\n\{"codec":/.test(text) ? 'answer' : null;
}

/** The database beside which SQLite would keep a file of this name; null for a name that SQLite never gives. */
export function databaseOfSideName(path: string): string | null {
  return sideName.test(path) ? path.replace(sideName, '') : null;
}

/** The hash under which a file of this name would be kept by its content; null for other names. */
export function contentHashInName(name: string): string | null {
  return /^([0-9a-f]{64})(?:\.[A-Za-z0-9]+)?$/.exec(name)?.[1] ?? null;
}

function latin1(bytes: Uint8Array): string {
  return Array.from({ length: Math.ceil(bytes.length / 4096) }, (_, at) =>
    String.fromCharCode(...bytes.subarray(4096 * at, 4096 * (at + 1))),
  ).join('');
}
