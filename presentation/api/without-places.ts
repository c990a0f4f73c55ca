/** A path of this machine up to its last part: from the root, from home or from the folder of the process. */
const folders = /(?<![\w.:/~-])(?:~|\.{1,2})?\/(?:[^\s/"'`,;:()]+\/)+/g;

/** What a verb says of files, without the folders in which they stand: these are nobody's business who asks over HTTP. */
export function withoutPlaces(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(folders, '');
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutPlaces(member)]));
}
