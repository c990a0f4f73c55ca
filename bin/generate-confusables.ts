import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Where the data stand that the table is made from, in the form of Unicode's confusables.txt. */
const source = 'test/domain/people/confusables-18.0.0.txt.gz';
const table = 'domain/people/confusables-table.ts';

/**
 * Characters that a Unicode after 14.0.0 decomposes: a runtime with older data leaves them as they are, so that their entries are needed.
 */
const decomposedLate: readonly (readonly [first: number, last: number])[] = [
  [0xa7f1, 0xa7f1],
  [0x1ccd6, 0x1ccf9],
  [0x1e030, 0x1e06d],
];

const lineCharsMax = 137;
const head = `/**
 * Which character looks like which: the prototypes of Unicode's confusables (UTS 39), as far as they are left after NFKD, which is taken
 * first. Generated from confusables.txt of Unicode 18.0.0, as the crate unicode-security 0.1.3 carries it; not to be edited by hand.
 * Data: Copyright Unicode, Inc., under the Unicode License v3 (https://www.unicode.org/license.txt).
 *
 * An entry reads \`step:prototype\`: how far its code point lies behind that of the entry before, and the code points that it looks like,
 * with dots between them; all in base 36.
 */
export const confusablesOfUnicode18 = [
`;

interface Entry {
  readonly code: number;
  readonly prototype: readonly number[];
}

/** Entries of a text in the form of confusables.txt, in the order of their code points. */
function entriesOf(text: string): Entry[] {
  const entries: Entry[] = [];
  for (const line of text.split('\n')) {
    const [, code, prototype] = /^([0-9A-F]+) ;\t([0-9A-F ]+) ;\t/.exec(line) ?? [];
    if (code === undefined || prototype === undefined) continue;
    entries.push({ code: Number.parseInt(code, 16), prototype: prototype.split(' ').map((one) => Number.parseInt(one, 16)) });
  }
  return entries.toSorted((left, right) => left.code - right.code);
}

/** Whether a text after NFKD can hold the character; separators of lines and paragraphs stand in no name. */
function isLeft({ code }: Entry): boolean {
  const text = String.fromCodePoint(code);
  if (/[\p{Zl}\p{Zp}]/u.test(text)) return false;
  return text.normalize('NFKD') === text || decomposedLate.some(([first, last]) => code >= first && code <= last);
}

/** The source of the table in `domain/people`, from a text in the form of confusables.txt. */
export function confusablesTable(text: string): string {
  let before = 0;
  const lines: string[] = [''];
  for (const { code, prototype } of entriesOf(text).filter(isLeft)) {
    const entry = `${(code - before).toString(36)}:${prototype.map((one) => one.toString(36)).join('.')}`;
    before = code;
    const longer = lines.at(-1) === '' ? entry : `${lines.at(-1)!} ${entry}`;
    if (`  '${longer}',`.length <= lineCharsMax) lines[lines.length - 1] = longer;
    else lines.push(entry);
  }
  return `${head}${lines.map((line) => `  '${line}',\n`).join('')}].join(' ');\n`;
}

export const generatedConfusables = (): { readonly file: string; readonly text: string } => ({
  file: table,
  text: confusablesTable(gunzipSync(readFileSync(source)).toString('utf8')),
});

if (process.argv[1]?.endsWith('generate-confusables.ts') === true) writeFileSync(table, generatedConfusables().text);
