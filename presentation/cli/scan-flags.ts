import { dateFlag, requiredFlag, textFlag } from './flags.ts';
import type { Flag, FlagValues } from './verb.ts';

/** Flags that verbs of scanners share. */

export const scannersFlag: Flag = { flags: '--scanners <folder>', summary: 'folder of scanners and their bases (default: scanners)' };
export const responseFlag: Flag = { flags: '--response <file>', summary: 'a saved response, JSON' };
export const requestFlag: Flag = {
  flags: '--request <file>',
  summary: 'the request of the response, JSON: says which columns its positional values are',
};
export const categoryMapFlag: Flag = {
  flags: '--category-map <file>',
  summary: 'category ids for a response that has texts, JSON with by_symbol and by_text',
};

export function scannersFolder(flags: FlagValues): string {
  return textFlag(flags, 'scanners') ?? 'scanners';
}

/** A date that has to be given. Errors: Usage. */
export function requiredDate(flags: FlagValues, name: string): string {
  requiredFlag(flags, name);
  return dateFlag(flags, name)!;
}
