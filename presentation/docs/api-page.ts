import { type ApiDocument, type ReferenceEntry, referenceOf, type ReferenceTable } from '../api/reference.ts';
import { generated, table } from './pages.ts';

/** Names of shapes as links, pages of the documentation too. */
function linked(text: string): string {
  return text
    .replaceAll(/\[\[(\w+)\]\]/g, (_, name: string) => `[${name}](#shape-${name.toLowerCase()})`)
    .replaceAll(/docs\/((?:[a-z-]+\/)*)([a-z-]+\.md)/g, (_, folder: string, page: string) =>
      folder === 'reference/' ? `[${page}](${page})` : `[${page}](../${folder}${page})`,
    );
}

function tableText({ caption, head, rows }: ReferenceTable): string {
  return `${caption}:\n\n${table(
    head,
    rows.map((row) => row.map(linked)),
  )}`;
}

function entryText({ title, lines, tables }: ReferenceEntry): string {
  const heading = title === '' ? [] : [`### ${title.includes('/') ? `\`${title}\`` : title}`];
  return [...heading, ...lines.map(linked), ...tables.map(tableText)].join('\n\n');
}

/** The API for people, from its OpenAPI document. */
export function apiPage(document: ApiDocument): string {
  const { title, lead, sections } = referenceOf(document);
  const parts = sections.flatMap(({ title: heading, lead: about, entries }) => [`## ${heading}`, linked(about), ...entries.map(entryText)]);
  return `${generated}# ${title}\n\n${[...lead.map(linked), ...parts].join('\n\n')}\n`;
}
