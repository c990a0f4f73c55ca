/** Columns of a terminal that a text takes: none for a combining mark, two for what East Asian scripts draw wide. */
export function widthOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u.test(
      character,
    )
      ? 2
      : 1;
  }
  return columns;
}

export function padded(text: string, columns: number, side: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, columns - widthOf(text)));
  return side === 'left' ? `${text}${blanks}` : `${blanks}${text}`;
}

/** Words with the blanks behind them; a figure keeps its unit. */
export function wordsOf(text: string): readonly string[] {
  return text.match(/\S+(?: %(?!\S))?\s*/g) ?? [];
}

/**
 * Breaks a line at blanks so that none is wider than `columns`; what follows the first is indented. A word that is wider by itself, such as
 * an address, a key or a path, stays whole, for it is there to be copied. `lineEnd` is put behind every line but the last.
 */
export function wrapped(line: string, columns: number, indent = '', lineEnd = ''): string[] {
  if (widthOf(line) <= columns) return [line];
  const lead = /^ */.exec(line)![0];
  const broken: string[] = [];
  let current = '';
  // The blanks inside a line are kept as they are until it is broken there.
  for (const piece of wordsOf(line.slice(lead.length))) {
    const before = broken.length === 0 ? lead : indent;
    if (current !== '' && widthOf(`${before}${current}${piece.trimEnd()}`) > columns - lineEnd.length) {
      broken.push(`${`${before}${current}`.trimEnd()}${lineEnd}`);
      current = piece;
    } else current += piece;
  }
  if (current !== '') broken.push(`${broken.length === 0 ? lead : indent}${current}`.trimEnd());
  return broken;
}
