import { crc32, inflateRawSync } from 'node:zlib';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { OpenedArchive } from '../../handlers/ports/ports.ts';

/**
 * Reads a ZIP by its central directory, and refuses what two readers could read in two ways: entries that are encrypted, split, ZIP64,
 * doubled, that share content, or that lie elsewhere than in front of the directory. `examples/verify_audit.py` follows the same rules.
 */
interface Entry {
  readonly path: string;
  readonly method: number;
  readonly crc: number;
  readonly start: number;
  readonly bytes: number;
  readonly contentBytes: number;
}

const endBytes = 22;
const centralBytes = 46;
const localBytes = 30;
const commentBytesMax = 65_535;
const stored = 0;
const deflated = 8;

function refuse(sentence: string): never {
  throw new LedgerError('ArchiveInvalid', `no archive that can be judged: ${sentence}`);
}

function endOf(zip: Buffer): number {
  for (let comment = 0; comment <= commentBytesMax; comment++) {
    const at = zip.length - endBytes - comment;
    if (at < 0) break;
    if (zip.readUInt32LE(at) === 0x06054b50 && zip.readUInt16LE(at + 20) === comment) return at;
  }
  return refuse('its end is missing');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const safePath = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

function nameOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return refuse('a name is not UTF-8');
  }
}

/** Where the content of an entry begins. */
function startOf(zip: Buffer, at: number, method: number, name: Buffer, bytes: number, directoryAt: number): number {
  if (at + localBytes > directoryAt || zip.readUInt32LE(at) !== 0x04034b50) refuse('an entry has no head');
  const nameBytes = zip.readUInt16LE(at + 26);
  const nameAt = at + localBytes;
  if (zip.readUInt16LE(at + 8) !== method || !zip.subarray(nameAt, nameAt + nameBytes).equals(name)) refuse('an entry has two heads');
  const start = nameAt + nameBytes + zip.readUInt16LE(at + 28);
  if (start + bytes > directoryAt) refuse('an entry reaches beyond the end');
  return start;
}

/** Content that several entries share would be unpacked for each of them. */
function requireApart(entries: Iterable<Entry>): void {
  let end = 0;
  for (const { start, bytes } of [...entries].toSorted((left, right) => left.start - right.start)) {
    if (start < end) refuse('two entries share their content');
    end = start + bytes;
  }
}

function entriesOf(zip: Buffer): Map<string, Entry> {
  const end = endOf(zip);
  const count = zip.readUInt16LE(end + 10);
  const directoryAt = zip.readUInt32LE(end + 16);
  if (zip.readUInt32LE(end + 4) !== 0 || zip.readUInt16LE(end + 8) !== count || count === 0xffff) refuse('it is split, or ZIP64');
  if (directoryAt + zip.readUInt32LE(end + 12) !== end) refuse('its directory is not where it should be');
  const entries = new Map<string, Entry>();
  let at = directoryAt;
  let total = 0;
  const unpackedMax = Math.min(limits.bundleBytesMax, limits.bundleExpansionBytesFree + limits.bundleExpansionMax * zip.length);
  for (let index = 0; index < count; index++) {
    if (at + centralBytes > end || zip.readUInt32LE(at) !== 0x02014b50) refuse('its directory is damaged');
    const method = zip.readUInt16LE(at + 10);
    const [crc, bytes, contentBytes] = [zip.readUInt32LE(at + 16), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 24)];
    const nameBytes = zip.readUInt16LE(at + 28);
    const next = at + centralBytes + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    if (next > end) refuse('its directory is damaged');
    const name = zip.subarray(at + centralBytes, at + centralBytes + nameBytes);
    const path = nameOf(name);
    if ((zip.readUInt16LE(at + 8) & 1) !== 0 || (method !== stored && method !== deflated)) refuse('an entry is encrypted or packed oddly');
    const start = startOf(zip, zip.readUInt32LE(at + 42), method, name, bytes, directoryAt);
    if (contentBytes > limits.artifactBytesMax) refuse(`an entry unpacks to more than ${limits.artifactBytesMax} bytes`);
    total += contentBytes;
    if (total > unpackedMax) refuse(`it holds more than ${unpackedMax} bytes, in ${zip.length}`);
    if (!(path.endsWith('/') && contentBytes === 0)) {
      if (!safePath.test(path) || entries.has(path)) refuse('a name is doubled or unsafe');
      entries.set(path, { path, method, crc, start, bytes, contentBytes });
    }
    at = next;
  }
  if (at !== end) refuse('its directory is damaged');
  requireApart(entries.values());
  return entries;
}

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function inflated(packed: Buffer, contentBytes: number): Buffer {
  const options = { maxOutputLength: Math.max(1, contentBytes), info: true };
  let found: Inflated;
  try {
    found = inflateRawSync(packed, options) as unknown as Inflated;
  } catch {
    // zlib says why in its own words; whoever sent the archive has to send it again either way.
    return refuse('an entry does not unpack');
  }
  // What follows the end of the packed content would be seen by one reader and not by another.
  return found.engine.bytesWritten === packed.length ? found.buffer : refuse('an entry does not unpack');
}

function contentOf(zip: Buffer, { method, crc, start, bytes, contentBytes }: Entry): Buffer {
  const packed = zip.subarray(start, start + bytes);
  const content = method === stored ? packed : inflated(packed, contentBytes);
  if (content.length !== contentBytes || crc32(content) !== crc) refuse('an entry does not match its checksum');
  return content;
}

/** Errors: ArchiveInvalid. */
export function readZip(bytes: Uint8Array): OpenedArchive {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (zip.length < endBytes) refuse('its end is missing');
  const entries = entriesOf(zip);
  const entryOf = (path: string): Entry => entries.get(path) ?? refuse(`it has no ${path}`);
  return {
    paths: [...entries.keys()],
    bytesOf: (path) => entryOf(path).contentBytes,
    read: (path) => contentOf(zip, entryOf(path)),
  };
}
