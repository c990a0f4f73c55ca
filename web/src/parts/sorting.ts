export type Direction = 'ascending' | 'descending';
/** A column by its label, and which way; null keeps the order in which the rows come. */
export type Sorting = readonly [label: string, direction: Direction] | null;

/** As it stands in an address: the label, behind a minus for descending. */
export function sortingText(sorting: Sorting): string | null {
  if (sorting === null) return null;
  return sorting[1] === 'descending' ? `-${sorting[0]}` : sorting[0];
}

/** Null for a column that is not there: an address of before the columns changed. */
export function sortingIn(text: string | null, labels: readonly string[]): Sorting {
  if (text === null) return null;
  if (labels.includes(text)) return [text, 'ascending'];
  const label = text.slice(1);
  return text.startsWith('-') && labels.includes(label) ? [label, 'descending'] : null;
}

/** What a click on the head of a column makes of it. */
export function sortedBy(label: string, before: Sorting): Sorting {
  return [label, before?.[0] === label && before[1] === 'ascending' ? 'descending' : 'ascending'];
}
