import { visible } from '../domain/shared/visible-text.ts';

/**
 * Text for documents: what a character would do there besides being read, it does not do. For terminals, logs and JSON see
 * `domain/shared/visible-text.ts`, on which these stand.
 */

/** Line breaks are blanks in a paragraph and in a cell alike. */
const onOneLine = (text: string): string => visible(text.replaceAll(/\s*(?:\r\n?|\n)\s*/g, ' ').replaceAll('\t', ' '));

/** What GitHub turns into a link without being asked: addresses of pages, hosts that begin with www, mail addresses. */
const linkable = /:\/\/|^[^A-Za-z0-9]*www\.|@[\w-]+\.|^[^A-Za-z0-9]*(?:mailto|xmpp):/i;

function asText(text: string): string {
  return text
    .replaceAll(/[\\`*<>[\]|#~]/g, (character) => `\\${character}`)
    .replaceAll('&', '&amp;')
    .replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_');
}

/** Text in the middle of a line of markdown: in a cell, behind a bullet or a name. What would become a link is shown as code. */
export function markdownText(text: string): string {
  return onOneLine(text)
    .split(/([\s`|()<>[\],;"']+)/)
    .map((piece) => (linkable.test(piece) ? `\`${piece}\`` : asText(piece)))
    .join('');
}

/** The same at the beginning of a line, where a dash, a plus, an equals sign or a number could begin a list or a heading. */
export function markdownLine(text: string): string {
  return markdownText(text)
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)])/, '$1\\$2');
}

/** A fenced block that no line in it can end. */
export function markdownFence(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map(({ length }) => length)));
  const fence = '`'.repeat(longest + 1);
  return [fence, ...lines.map(visible), fence].join('\n');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for element content and quoted attributes of HTML alike. */
export function htmlText(text: string): string {
  return onOneLine(text).replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
