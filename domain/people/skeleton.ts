import { confusablesOfUnicode18 } from './confusables-table.ts';

function readTable(text: string): ReadonlyMap<string, string> {
  const prototypes = new Map<string, string>();
  let codePoint = 0;
  for (const entry of text.split(' ')) {
    const [step, prototype] = entry.split(':') as [string, string];
    codePoint += Number.parseInt(step, 36);
    const lookAlike = prototype.split('.').map((code) => Number.parseInt(code, 36));
    prototypes.set(String.fromCodePoint(codePoint), String.fromCodePoint(...lookAlike));
  }
  return prototypes;
}

let table: ReadonlyMap<string, string> | null = null;

function inPrototypes(text: string): string {
  table ??= readTable(confusablesOfUnicode18);
  const prototypes = table;
  return Array.from(text.normalize('NFKD'), (character) => prototypes.get(character) ?? character).join('');
}

/**
 * What a text looks like (UTS 39, section 4): two texts with one skeleton are easily taken for each other. The compatibility forms are
 * decomposed as well (NFKD for NFD), because names are compared after NFKC; what that lays open in a prototype is replaced once more.
 */
export function skeletonOf(text: string): string {
  return inPrototypes(inPrototypes(text)).normalize('NFKD');
}
