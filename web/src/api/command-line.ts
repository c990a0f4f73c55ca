/** One word of a command line, as a POSIX shell reads it. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command line that answers the same. */
export function commandLine(words: readonly string[]): string {
  return ['sleeve-ledger', ...words].map(word).join(' ');
}
