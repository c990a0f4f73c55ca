/** A section of a page that has several writers: from its heading of level 2 to the next one, or to the end. */

function rangeOf(page: string, heading: string): readonly [number, number] | null {
  const begin = page.indexOf(`\n${heading}\n`);
  if (begin < 0) return null;
  const end = page.indexOf('\n## ', begin + 1);
  return [begin + 1, end < 0 ? page.length : end + 1];
}

/** Empty where there is none. */
export function sectionOf(page: string, heading: string): string {
  const range = rangeOf(page, heading);
  return range === null ? '' : page.slice(...range);
}

/** The page with a section in the place of the one of its heading, or behind all others. */
export function withSection(page: string, heading: string, section: string): string {
  const range = rangeOf(page, heading);
  if (range === null) return `${page.trimEnd()}\n\n${section.trimEnd()}\n`;
  const [begin, end] = range;
  const rest = page.slice(end);
  return `${page.slice(0, begin)}${section.trimEnd()}\n${rest === '' ? '' : `\n${rest}`}`;
}
