/**
 * Finds references to artifacts in canonical bytes without parsing them: what `artifactReferencesIn` finds in the data, several times
 * faster. RFC 8785 sorts the members of a reference and writes no blanks, and inside a string every quote is escaped: a member that is
 * found is one.
 */
const opening = Buffer.from('{"bytes":');
/** The last member of a reference of either kind. */
const addressMember = Buffer.from('"sha256":"');
/** Digits of the address, the closing quote and the closing brace. */
const addressChars = 64 + 2;

const count = String.raw`(?:0|[1-9]\d{0,14})`;
const text = String.raw`"(?:[^"\\]|\\.)*"`;
const texts = String.raw`\[(?:${text}(?:,${text})*)?\]`;
const date = String.raw`(?:null|"\d{4}-\d{2}-\d{2}")`;
const address = String.raw`"sha256":"([0-9a-f]{64})"\}`;
const document = String.raw`\{"bytes":${count},"kind":"document","mediaType":${text},${address}`;
const table = [
  String.raw`\{"bytes":${count},"calendars":${texts},"columns":${texts},"first":${date}`,
  String.raw`"kind":"table","last":${date},"rows":${count},${address}`,
].join(',');
const reference = new RegExp(`^(?:${document}|${table})$`);

/** The SHA-256 addresses that the canonical bytes of an intact event refer to, in the order of the bytes. */
export function referencedAddresses(bytes: Uint8Array): readonly string[] {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: string[] = [];
  for (let at = buffer.indexOf(addressMember); at >= 0; at = buffer.indexOf(addressMember, at + addressMember.length)) {
    const from = buffer.lastIndexOf(opening, at);
    const match = from < 0 ? null : reference.exec(buffer.toString('latin1', from, at + addressMember.length + addressChars));
    if (match !== null) found.push((match[1] ?? match[2])!);
  }
  return found;
}
