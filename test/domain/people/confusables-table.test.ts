/** The table is what `npm run confusables` makes of its source: nobody edits 27 kB by hand, or exchanges a letter in it unseen. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { confusablesTable, generatedConfusables } from '../../../bin/generate-confusables.ts';

describe('the table of confusables', () => {
  test('is the one that its source gives', () => {
    const { file, text } = generatedConfusables();
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('names each character by its distance to the one before, and leaves out what NFKD replaces', () => {
    const text = confusablesTable('# a note\n0131 ;\t0069 ;\tMA\n0130 ;\t0049 ;\tMA\n0430 ;\t0061 ;\tMA\n2028 ;\t0020 ;\tMA\n');
    expect(text).toContain(`  '8h:2x lb:2p',\n`);
  });
});
