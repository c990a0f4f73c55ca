/**
 * What somebody else wrote (a name, a reason, a file name, a message) may command a terminal, begin a line that poses as ours, or be read
 * in another order than it is stored. Shown, such characters are escapes; what is recorded stays as it is.
 */

/** Controls of C0 and C1, formatting characters with those of writing direction, separators of lines and paragraphs, halves of pairs. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const hex = (unit: number): string => unit.toString(16).padStart(4, '0');

/** One line for a terminal or a log, whatever the text holds. */
export function visible(text: string): string {
  return text.replace(hidden, (character) => {
    const point = character.codePointAt(0)!;
    return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${hex(point)}`;
  });
}

/** Text of several lines of ours, each visible and set in, so that none of it begins a line of output. */
export function visibleLines(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${visible(line)}`)
    .join('\n');
}

/** The text of JSON with such characters as escapes of JSON: it parses to the same value. Line feeds between tokens stay. */
export function visibleJson(json: string): string {
  return json.replace(hidden, (character) =>
    character === '\n' ? character : Array.from({ length: character.length }, (_, at) => `\\u${hex(character.charCodeAt(at))}`).join(''),
  );
}
