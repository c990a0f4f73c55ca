/**
 * Finds the fields of an event inside its canonical bytes without parsing them. RFC 8785 fixes the order of the members:
 * actor, causationId, code, contentHash, correlationId, data, envelopeVersion, id, prevHash, recordedAt, revision,
 * schemaVersion, stream, type. What stands before `data` is read forwards; what stands behind it holds no quote inside a
 * value, so it is read backwards from the end. That is several times faster than JSON.parse of the data.
 */
const quote = 0x22;
const backslash = 0x5c;
const digitZero = 0x30;
const digitNine = 0x39;

/** Whether `text` (ASCII) stands at `at`. */
export function standsAt(bytes: Uint8Array, at: number, text: string): boolean {
  if (at < 0 || at + text.length > bytes.length) return false;
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}

/** Offset behind the closing quote of the string whose opening quote stands at `at`, or -1. */
function behindString(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== quote) return -1;
  for (let index = at + 1; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === backslash) index++;
    else if (byte === quote) return index + 1;
  }
  return -1;
}

function behindMember(bytes: Uint8Array, at: number, name: string): number {
  return at >= 0 && standsAt(bytes, at, name) ? behindString(bytes, at + name.length) : -1;
}

export interface HeadSlice {
  /** Offset of the first hexadecimal digit of `contentHash`. */
  readonly contentHashAt: number;
  /** Offset of the opening brace of `data`. */
  readonly dataAt: number;
}

/** Walks from the opening brace to the data; null when the layout is not that of an envelope. */
export function sliceHead(bytes: Uint8Array): HeadSlice | null {
  let at = behindMember(bytes, 0, '{"actor":');
  at = behindMember(bytes, at, ',"causationId":');
  at = behindMember(bytes, at, ',"code":{"commit":');
  at = behindMember(bytes, at, ',"lockHash":');
  at = behindMember(bytes, at, ',"version":');
  const contentHashMember = '},"contentHash":';
  const behindContentHash = behindMember(bytes, at, contentHashMember);
  const contentHashAt = at + contentHashMember.length + 1;
  if (behindContentHash !== contentHashAt + 65) return null;
  at = behindMember(bytes, behindContentHash, ',"correlationId":');
  const dataMember = ',"data":';
  if (at < 0 || !standsAt(bytes, at, dataMember) || bytes[at + dataMember.length] !== 0x7b) return null;
  return { contentHashAt, dataAt: at + dataMember.length };
}

function sameBetween(left: Uint8Array, right: Uint8Array, from: number, to: number): boolean {
  if (to > left.length || to > right.length) return false;
  for (let index = from; index < to; index++) if (left[index] !== right[index]) return false;
  return true;
}

/**
 * `sliceHead` that remembers the last head: events of one append share all of it but the 64 digits of the content hash, and comparing is
 * quicker than walking. Those digits are left to the caller, who compares them with a hash.
 */
export function createHeadSlicer(): (bytes: Uint8Array) => HeadSlice | null {
  let last: { readonly bytes: Uint8Array; readonly head: HeadSlice } | null = null;
  return (bytes) => {
    if (last !== null) {
      const { contentHashAt, dataAt } = last.head;
      if (sameBetween(bytes, last.bytes, 0, contentHashAt) && sameBetween(bytes, last.bytes, contentHashAt + 64, dataAt + 1))
        return last.head;
    }
    const head = sliceHead(bytes);
    if (head !== null) last = { bytes, head };
    return head;
  };
}

/** The fields behind the data as text. */
export interface TailFields {
  readonly id: string;
  readonly prevHash: string;
  readonly recordedAt: string;
  readonly revision: string;
  readonly schemaVersion: string;
  readonly stream: string;
  readonly type: string;
}

/** Offset of the closing brace of the data plus one, and the fields behind it. */
export interface TailSlice extends TailFields {
  readonly dataEnd: number;
}

const tailPattern = new RegExp(
  [
    '^,"envelopeVersion":1',
    '"id":"(?<id>[^"\\\\]*)"',
    '"prevHash":"(?<prevHash>[^"\\\\]*)"',
    '"recordedAt":"(?<recordedAt>[^"\\\\]*)"',
    '"revision":(?<revision>0|[1-9][0-9]*)',
    '"schemaVersion":(?<schemaVersion>[1-9][0-9]*)',
    '"stream":"(?<stream>[^"\\\\]*)"',
    '"type":"(?<type>[^"\\\\]*)"\\}$',
  ].join(','),
);
/** No tail is longer: two names of at most 200 characters beside fields of fixed width. */
const tailBytesMax = 1024;

/** Reads the fields behind the data, whatever their values; null when the layout is not that of an envelope. */
export function sliceTail(bytes: Uint8Array): TailSlice | null {
  const from = Math.max(0, bytes.length - tailBytesMax);
  let text = '';
  for (let index = from; index < bytes.length; index++) text += String.fromCharCode(bytes[index]!);
  const at = text.lastIndexOf(',"envelopeVersion":');
  const groups = at < 0 ? undefined : tailPattern.exec(text.slice(at))?.groups;
  if (groups === undefined || bytes[from + at - 1] !== 0x7d) return null;
  return { ...(groups as unknown as TailFields), dataEnd: from + at };
}

/** Members of the tail in their order, as literals between the values: nothing is concatenated while comparing. */
const idMember = '},"envelopeVersion":1,"id":"';
const prevHashMember = '","prevHash":"';
const recordedAtMember = '","recordedAt":"';
const revisionMember = '","revision":';
const schemaVersionMember = ',"schemaVersion":';
const streamMember = ',"stream":"';
const typeMember = '","type":"';
const tailEnd = '"}';
const literalChars = idMember.length + prevHashMember.length + recordedAtMember.length + revisionMember.length + schemaVersionMember.length;

/**
 * The quick way: given what the tail must say, only compares. Returns the end of the data and the schema version (the one
 * field that the caller does not know), or null when anything differs; `sliceTail` then finds which.
 */
export function matchTail(
  bytes: Uint8Array,
  fields: Omit<TailFields, 'schemaVersion'>,
): { readonly dataEnd: number; readonly schemaVersion: number } | null {
  const { id, prevHash, recordedAt, revision, stream, type } = fields;
  const versionEnd = bytes.length - (streamMember.length + stream.length + typeMember.length + type.length + tailEnd.length);
  let at = versionEnd;
  if (!standsAt(bytes, at, streamMember)) return null;
  if (!standsAt(bytes, (at += streamMember.length), stream)) return null;
  if (!standsAt(bytes, (at += stream.length), typeMember)) return null;
  if (!standsAt(bytes, (at += typeMember.length), type)) return null;
  if (!standsAt(bytes, at + type.length, tailEnd)) return null;

  let versionAt = versionEnd;
  let schemaVersion = 0;
  for (let unit = 1; versionAt > 0 && bytes[versionAt - 1]! >= digitZero && bytes[versionAt - 1]! <= digitNine; unit *= 10) {
    schemaVersion += unit * (bytes[--versionAt]! - digitZero);
  }
  if (versionAt === versionEnd || bytes[versionAt] === digitZero || !Number.isSafeInteger(schemaVersion)) return null;

  const start = versionAt - (literalChars + id.length + prevHash.length + recordedAt.length + revision.length);
  at = start;
  if (!standsAt(bytes, at, idMember)) return null;
  if (!standsAt(bytes, (at += idMember.length), id)) return null;
  if (!standsAt(bytes, (at += id.length), prevHashMember)) return null;
  if (!standsAt(bytes, (at += prevHashMember.length), prevHash)) return null;
  if (!standsAt(bytes, (at += prevHash.length), recordedAtMember)) return null;
  if (!standsAt(bytes, (at += recordedAtMember.length), recordedAt)) return null;
  if (!standsAt(bytes, (at += recordedAt.length), revisionMember)) return null;
  if (!standsAt(bytes, (at += revisionMember.length), revision)) return null;
  if (!standsAt(bytes, at + revision.length, schemaVersionMember)) return null;
  return { dataEnd: start + 1, schemaVersion };
}
