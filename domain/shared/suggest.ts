/** Edits (insert, delete, replace, swap of neighbours) that turn one word into the other. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length]!;
}

const suggestedMax = 3;
const listedMax = 8;
const prefixLengthMin = 2;

const plain = (word: string): string => word.trim().toLowerCase();
/** The ticker of `EXCHANGE:TICKER`; another word is its own ticker. */
const tickerOf = (word: string): string => word.slice(word.indexOf(':') + 1);

/** Steps of `editDistance` that a suggestion is worth: it grows with both lengths, and words may come from anywhere. */
const editStepsMax = 400_000;

/** Few edits away, judged by the whole word and, without an exchange, by the ticker. Nothing where looking would take too long. */
function nearestByEdits(word: string, known: readonly string[]): string | null {
  if (word.length * known.reduce((sum, candidate) => sum + candidate.length, 0) > editStepsMax) return null;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const written = plain(candidate);
    const whole = editDistance(word, written);
    const distance = word.includes(':') || !written.includes(':') ? whole : Math.min(whole, editDistance(word, tickerOf(written)));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * The known words that were probably meant, best first: the same but for case and blanks, the same ticker, what begins with the word, or
 * the one fewest edits away.
 */
export function likely(word: string, known: readonly string[]): readonly string[] {
  const wanted = plain(word);
  if (wanted === '') return [];
  const rules: readonly ((candidate: string) => boolean)[] = [
    (candidate) => candidate === wanted,
    (candidate) => candidate.includes(':') && tickerOf(candidate) === tickerOf(wanted),
    (candidate) => wanted.length >= prefixLengthMin && candidate.startsWith(wanted),
  ];
  for (const rule of rules) {
    const found = known.filter((candidate) => rule(plain(candidate)));
    if (found.length > 0) return found.slice(0, suggestedMax);
  }
  const near = nearestByEdits(wanted, known);
  return near === null ? [] : [near];
}

/** The known word that was probably meant, or null; of equally near ones the first in the list. */
export function nearest(word: string, known: readonly string[]): string | null {
  return likely(word, known)[0] ?? null;
}

/** `A, B and 3 more`. */
export function enumerated(words: readonly string[], shownMax: number): string {
  const rest = words.length - shownMax;
  return rest > 0 ? `${words.slice(0, shownMax).join(', ')} and ${rest} more` : words.join(', ');
}

/**
 * How every refusal of an unknown name ends, put behind its sentence: `: did you mean A?`, or `; there are A, B and C` where nothing is
 * near, or nothing at all where nothing is known.
 */
export function suggestion(word: string, known: readonly string[]): string {
  const meant = likely(word, known);
  if (meant.length > 0) return `: did you mean ${meant.length === 1 ? meant[0]! : `${meant.slice(0, -1).join(', ')} or ${meant.at(-1)!}`}?`;
  if (known.length === 0) return '';
  return known.length === 1 ? `; there is ${known[0]!}` : `; there are ${enumerated(known, listedMax)}`;
}

/** The same as a sentence of its own: it ends with a full stop where there is no question. */
export function suggestedSentence(sentence: string, word: string, known: readonly string[]): string {
  const whole = `${sentence}${suggestion(word, known)}`;
  return whole.endsWith('?') ? whole : `${whole}.`;
}
