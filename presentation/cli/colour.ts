/** What a word says about the thing it stands for. */
type Meaning = 'good' | 'doubtful' | 'bad';

const words: Readonly<Record<Meaning, readonly string[]>> = {
  good: ['passed CERTIFIED CONFORMANT accepted allocated solved imported published identical equal running'],
  doubtful: [
    'warned warning DEGRADED UNKNOWN unknown held waiting pending scheduled skipped explained',
    'not_evaluated deviates absent open halted warn',
  ],
  bad: [
    'failed INELIGIBLE ineligible integrity_failed parity_rejected not_allocated rejected refused',
    'different broken quarantined undefined error',
  ],
};

const codes: Readonly<Record<Meaning, number>> = { good: 32, doubtful: 33, bad: 31 };
const meaningOf: ReadonlyMap<string, Meaning> = new Map(
  (Object.keys(words) as Meaning[]).flatMap((meaning) =>
    words[meaning]
      .join(' ')
      .split(' ')
      .map((word) => [word, meaning] as const),
  ),
);

const escape = '\u001b[';

export function inColour(text: string, meaning: Meaning): string {
  return `${escape}${codes[meaning]}m${text}${escape}39m`;
}

export function bold(text: string): string {
  return `${escape}1m${text}${escape}22m`;
}

/** A verdict in its colour: a text that is one of the words, or begins with one and a colon or a blank. Other text stays as it is. */
export function byMeaning(text: string): string {
  const [word] = /^[A-Za-z_]+(?=$|[:\s,])/.exec(text) ?? [];
  const meaning = word === undefined ? undefined : meaningOf.get(word);
  return word === undefined || meaning === undefined ? text : `${inColour(word, meaning)}${text.slice(word.length)}`;
}

/**
 * Whether to colour. `FORCE_COLOR` decides first (0 or false: no), as in Node; then `NO_COLOR` with any value; then it takes a terminal
 * that is not dumb.
 */
export function isColoured(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = environment;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if (refused !== undefined && refused !== '') return false;
  return isTerminal && terminal !== 'dumb';
}
