/** A command to which the rights of files apply, whoever runs the tests: an administrator may otherwise read and write everything. */
export function bound(command: string, ...words: readonly string[]): readonly [command: string, ...words: string[]] {
  if (process.getuid?.() !== 0) return [command, ...words];
  return ['setpriv', '--bounding-set=-dac_override,-dac_read_search', command, ...words];
}
