import { htmlText } from '../escaped.ts';
import { style } from '../report/html-style.ts';
import { type ApiDocument, type ReferenceEntry, referenceOf, type ReferenceSection, type ReferenceTable } from './reference.ts';

/** Text of the reference as HTML: code, and links to shapes. */
function marked(text: string): string {
  return htmlText(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\[\[(\w+)\]\]/g, (_, name: string) => `<a href="#shape-${name.toLowerCase()}">${name}</a>`);
}

function tableHtml(title: string, { caption, head, rows }: ReferenceTable): string {
  const cells = ([first = '', ...rest]: readonly string[]): string =>
    `<tr><th scope="row">${marked(first)}</th>${rest.map((text) => `<td>${marked(text)}</td>`).join('')}</tr>`;
  const headings = head.map((text) => `<th scope="col">${htmlText(text)}</th>`).join('');
  // The region scrolls by keyboard too. Many tables have one caption, and regions need a name each.
  const label = htmlText(`${title === '' ? 'Table' : title}: ${caption}`.replaceAll('`', ''));
  return (
    `<div class="scroll" role="region" tabindex="0" aria-label="${label}"><table><caption><span>${marked(caption)}</span></caption>` +
    `<thead><tr>${headings}</tr></thead><tbody>\n${rows.map(cells).join('\n')}\n</tbody></table></div>`
  );
}

function entryHtml({ id, title, lines, tables }: ReferenceEntry): string {
  const heading = title === '' ? '' : `<h3 id="${htmlText(id)}">${htmlText(title)}</h3>`;
  return [heading, ...lines.map((line) => `<p>${marked(line)}</p>`), ...tables.map((table) => tableHtml(title, table))].join('\n');
}

function sectionHtml({ id, title, lead, entries }: ReferenceSection): string {
  return (
    `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${htmlText(title)}</h2>\n<p>${marked(lead)}</p>\n` +
    `${entries.map(entryHtml).join('\n')}\n</section>`
  );
}

/** The one style of the page, that of reports and room for long addresses: its policy allows this text and no other. */
export const referenceStyle = `${style}h3,p{overflow-wrap:anywhere}
`;

/** The API for people, as a page that needs nothing else. */
export function referencePage(document: ApiDocument): string {
  const { title, lead, sections } = referenceOf(document);
  const links = sections.map((section) => `<li><a href="#${section.id}">${htmlText(section.title)}</a></li>`).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${htmlText(title)}</title>
<style>${referenceStyle}</style>
</head>
<body>
<header><h1>${htmlText(title)}</h1>${lead.map((line) => `<p class="lead">${marked(line)}</p>`).join('\n')}
<nav aria-label="Sections"><ul>${links}</ul></nav></header>
<main>
${sections.map(sectionHtml).join('\n')}
</main>
<footer><p><a href="/">To the ledger</a></p></footer>
</body>
</html>
`;
}
