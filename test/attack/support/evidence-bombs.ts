import { deflateRawSync, crc32 } from 'node:zlib';
import { zipSync } from 'fflate';
import { seeded } from '../../support/figures.ts';
import { signingKey } from '../../support/audit-log.ts';
import { evidenceBundle, evidenceLedger, evidenceLog, zipped } from '../../support/evidence.ts';

type Content = string | Uint8Array;

const bytes = 25_000_000;
const line = 4_000_000;
const repeated = (piece: string, length: number): string => piece.repeat(Math.floor(length / piece.length));

/** Files that are handed in as exports. */
export const exportBombs: Readonly<Record<string, () => Content>> = {
  '25 MB of newlines': () => repeated('\n', bytes),
  '25 MB of empty objects': () => repeated('{}\n', bytes),
  '25 MB of bytes that are no UTF-8': () => Buffer.alloc(bytes, Buffer.from([0xff, 10])),
  '25 MB in one line': () => repeated('a', bytes),
  'lines of lists within lists': () => repeated(`${repeated('[', line)}\n`, bytes),
  'lines of empty objects': () => repeated(`{"data":{"a":[${repeated('{},', line - 100)}{}]},"hash":""}\n`, bytes),
  'lines of a million members': () => repeated(`{${Array.from({ length: 400_000 }, (_, at) => `"${at}":0`).join(',')}}\n`, bytes),
  'lines with a hash of 4 MB': () => repeated(`{"hash":"${repeated('h', line)}","prev_hash":"${repeated('p', 100)}"}\n`, bytes),
  '25 MB of trailers': () => repeated('{"type":"trailer"}\n', bytes),
};

interface Member {
  readonly name: string;
  readonly at: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly crc: number;
}

function head(name: string, { packed, unpacked, crc }: Omit<Member, 'name' | 'at'>): Buffer {
  const bytesOfHead = Buffer.alloc(30);
  bytesOfHead.writeUInt32LE(0x04034b50, 0);
  bytesOfHead.writeUInt16LE(8, 8);
  bytesOfHead.writeUInt32LE(crc, 14);
  bytesOfHead.writeUInt32LE(packed, 18);
  bytesOfHead.writeUInt32LE(unpacked, 22);
  bytesOfHead.writeUInt16LE(name.length, 26);
  return Buffer.concat([bytesOfHead, Buffer.from(name)]);
}

function central({ name, at, packed, unpacked, crc }: Member): Buffer {
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(packed, 20);
  entry.writeUInt32LE(unpacked, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt32LE(at, 42);
  return Buffer.concat([entry, Buffer.from(name)]);
}

/** Many names of one content: each head says that its content begins behind all of them. */
function sharedContent(names: number, unpacked: number): Uint8Array {
  const zeros = Buffer.alloc(unpacked);
  const packed = deflateRawSync(zeros, { level: 9 });
  const sizes = { packed: packed.length, unpacked, crc: crc32(zeros) };
  const heads = Array.from({ length: names }, (_, at) => head(`f${String(at).padStart(3, '0')}`, sizes));
  const length = heads[0]!.length;
  for (const [at, one] of heads.entries()) one.writeUInt16LE((names - 1 - at) * length, 28);
  const directory = Buffer.concat(heads.map((_, at) => central({ ...sizes, name: `f${String(at).padStart(3, '0')}`, at: at * length })));
  const start = names * length + packed.length;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(names, 8);
  end.writeUInt16LE(names, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(start, 16);
  return Buffer.concat([...heads, packed, directory, end]);
}

/** The same as bundles: an archive that does not open is a fault of it. */
export const archiveBombs: Readonly<Record<string, () => Uint8Array>> = {
  'a log of 250 MB of newlines in 250 kB': () => zipSync({ 'audit.jsonl': Buffer.alloc(250_000_000, 10) }, { level: 9 }),
  '900 MB of zeros in nine files': () =>
    zipSync(
      {
        'audit.jsonl': Buffer.from('\n'),
        ...Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`f${at}`, new Uint8Array(100_000_000)])),
      },
      { level: 9 },
    ),
  'sixty names of one content of 500 kB': () => sharedContent(60, 500_000),
  '60,000 files': () => zipSync(Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`f${at}`, new Uint8Array(0)])), { level: 0 }),
  '25 MB that begin like an archive': () => Buffer.concat([Buffer.from('PK'), Buffer.alloc(bytes)]),
};

const ledger = (events: number) => evidenceLedger(seeded(7), events);
const options = { selection: 'all', signer: signingKey(7), format: 2, positions: false } as const;

/** As large as those, and honest. */
export const honestExports: Readonly<Record<string, () => Content>> = {
  'an export of 25 MB': () => evidenceLog(ledger(14_000), { ...options, sealedTo: 14_000 }),
  'a bundle of 2,000 events with its artifacts': () => zipped(evidenceBundle(ledger(2_000), { ...options, sealedTo: 2_000 })),
};

/** Checkpoints and keys that somebody hands in. */
export const noteBombs: Readonly<Record<string, () => string>> = {
  'no end of signatures': () => `origin\n1\nAAAA\n\n${repeated('\u2014 name AAAA\n', line)}`,
  'no end of lines': () => repeated('\n', line),
  blanks: () => `${repeated(' ', line)}x${repeated(' ', line)}y`,
  'plus signs': () => repeated('+', line),
  'a name of 4 MB': () => `${repeated('n', line)}+00000000+AAAA`,
  'keys without end': () => repeated('name+00000000+AAAA\n', line),
};
