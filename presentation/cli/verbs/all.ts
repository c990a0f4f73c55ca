import { shells } from '../shells.ts';
import { loaded, type Verb, type VerbEntry } from '../verb.ts';
import { questionVerbs } from './table-questions.ts';
import { runVerbs } from './table-runs.ts';
import { upkeepVerbs } from './table-upkeep.ts';

/** Every verb, in the order of the help. */
export const verbTable: readonly VerbEntry[] = [
  ...runVerbs,
  ...questionVerbs,
  ...upkeepVerbs,
  {
    path: ['completion'],
    summary: 'Prints the script that completes command lines in a shell.',
    args: [{ name: '[shell]', summary: shells.join(', ') }],
    load: async () => (await import('./completion.ts')).completionOf(allVerbs),
  },
];

/** Every verb with its code, for what looks at all of them. */
export async function allVerbs(): Promise<readonly Verb[]> {
  const verbs: Verb[] = [];
  for (const entry of verbTable) verbs.push(await loaded(entry));
  return verbs;
}
