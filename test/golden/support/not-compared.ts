import type { Answer } from './program.ts';

/** What may differ between the answer of a release and that of a later one. Everything that is not listed here must be the same. */

interface Exception {
  readonly command: string;
  /** Members from the answer downwards; `*` stands for every element of a list. */
  readonly path: readonly string[];
  readonly because: string;
}

/** Not looked at. */
export const notCompared: readonly Exception[] = [
  { command: 'replay', path: ['result', 'code', 'now'], because: 'it names the build that recomputes' },
  {
    command: 'ledger verify',
    path: ['result', 'notes'],
    because: 'a later build notes rows of projections that it no longer has, and folds its own versions',
  },
  { command: 'ledger verify', path: ['warnings'], because: 'the notes again' },
  {
    command: 'audit export',
    path: ['result', 'sha256'],
    because: 'the trailer declares by now what the export holds, and is signed; the lines are compared',
  },
  { command: 'audit export', path: ['result', 'bytes'], because: 'the trailer again' },
  { command: 'timeline', path: ['position'], because: 'what was decided about the run stands behind its own events' },
  { command: 'report', path: ['result', 'files', '*', 'sha256'], because: 'words and looks of a report belong to the build' },
  { command: 'report', path: ['result', 'files', '*', 'bytes'], because: 'words and looks of a report belong to the build' },
];

/** Members that later builds tell besides: an answer of the recorded release does not have them. */
export const addedSince: readonly Exception[] = [
  { command: 'audit export', path: ['result', 'signed'], because: 'exports are signed' },
  { command: 'timeline', path: ['result', 'events', '*', 'stream'], because: 'events name their stream' },
  { command: 'timeline', path: ['result', 'decisions'], because: 'what was decided about the run is shown' },
  { command: 'timeline', path: ['result', 'publication'], because: 'what was decided about the run is shown' },
  { command: 'ledger verify', path: ['result', 'format'], because: 'the format of the ledger and of the build are shown' },
  { command: 'ledger verify', path: ['result', 'lettersUnopened'], because: 'letters whose keys are elsewhere are counted' },
  { command: 'ledger verify', path: ['result', 'cosigned'], because: 'how far witnesses have cosigned is shown' },
  { command: 'flow meta', path: ['result', 'dataEnd'], because: 'where the data of the sleeves end is shown' },
  { command: 'ledger verify', path: ['result', 'anchor'], because: 'what the verification rests on is shown' },
  { command: 'weights', path: ['result', 'dataEnd'], because: 'where the data of the sleeves end is shown' },
  { command: 'status', path: ['result', 'portfolios', '*', 'dataEnd'], because: 'where the data of the sleeves end is shown' },
  { command: 'status', path: ['result', 'sleeves', '*', 'dataEnd'], because: 'where the data of a sleeve end is shown' },
  { command: 'flow meta', path: ['result', 'parity', 'missing'], because: 'evidence that sleeves lack is shown' },
  { command: 'parity check', path: ['result', 'missing'], because: 'evidence that sleeves lack is shown' },
  { command: 'replay', path: ['result', 'explained'], because: 'runs recomputed under later rules are counted' },
  { command: 'replay', path: ['result', 'runs', '*', 'rules'], because: 'the rules of a run are shown' },
  { command: 'counterfactual', path: ['result', 'failures'], because: 'profiles that could not be allocated are listed' },
  { command: 'counterfactual', path: ['result', 'profiles', '*', 'code'], because: 'the code of a failure is shown' },
  { command: 'flow production', path: ['result', 'ranking'], because: 'the profiles of the run are ranked' },
  { command: 'flow meta', path: ['result', 'failures'], because: 'profiles that could not be allocated are listed' },
  { command: 'dlq list', path: ['result', 'next'], because: 'letters come in pages' },
  { command: 'runs', path: ['result', 'next'], because: 'runs come in pages where that is asked for' },
  { command: 'publications', path: ['result', 'next'], because: 'publications come in pages where that is asked for' },
  { command: 'dlq list', path: ['result', 'letters', '*', 'number'], because: 'letters are numbered' },
  { command: 'dlq list', path: ['result', 'letters', '*', 'messages'], because: 'a letter may stand for many messages' },
  { command: 'dlq list', path: ['result', 'letters', '*', 'erased'], because: 'letters can be erased' },
  { command: 'dlq list', path: ['result', 'letters', '*', 'sealed'], because: 'letters are sealed' },
  { command: 'dlq list', path: ['result', 'letters', '*', 'text'], because: 'letters are sealed' },
  { command: 'replay', path: ['result', 'runs', '*', 'notComparable'], because: 'what older events did not record is shown' },
];

/** Words of later builds for what an answer of the recorded release says too, or says in vain. */
const reworded: readonly { readonly command: string; readonly warning: RegExp; readonly because: string }[] = [
  {
    command: 'flow meta',
    warning: /^\S+ deviates from the mandated /,
    because: 'a warning names its remedy, and is not given without one',
  },
  { command: 'flow meta', warning: / or an exception below parity\.exceptions$/, because: 'the same by now' },
];

/** Questions that are judged under the rules in force, with what rules 2 find of this ledger. What was recorded keeps its verdict. */
export const judgedAnew: readonly { readonly command: string; readonly verdict: string; readonly because: string }[] = [
  { command: 'parity check', verdict: 'UNKNOWN', because: 'imports and messages of the recording do not state all that is required' },
];

function remove(value: unknown, [name, ...rest]: readonly string[]): void {
  if (typeof value !== 'object' || value === null || name === undefined) return;
  const members = value as Record<string, unknown>;
  for (const member of name === '*' ? Object.keys(members) : [name]) {
    if (rest.length === 0) delete members[member];
    else remove(members[member], rest);
  }
}

/** A refusal without the names that later builds suggest behind it, or the full stop that stood there. */
const withoutSuggestion = (message: string): string => message.replace(/(?:; there (?:is|are) [^;]*|: did you mean [^?]*\?|\.)$/, '');

/** An answer without what differs by its nature: later builds also give a failed check its error, beside the result that is compared. */
export function comparable(answer: Answer, exceptions: readonly Exception[] = [...notCompared, ...addedSince]): Answer {
  const { error, ...rest } = structuredClone(answer);
  const copy: Answer =
    error === undefined || rest.result !== null ? rest : { ...rest, error: { ...error, message: withoutSuggestion(error.message) } };
  for (const { command, path } of exceptions) if (command === copy.command) remove(copy, path);
  const ofCommand = reworded.filter(({ command }) => command === copy.command);
  if (ofCommand.length === 0) return copy;
  return { ...copy, warnings: copy.warnings.filter((warning) => !ofCommand.some((words) => words.warning.test(warning))) };
}

const trailerMembersSince = ['format', 'derivation', 'hash', 'origin', 'events', 'streams', 'cited', 'files', 'signed'];

/**
 * A file without what differs by its nature: the trailer of an audit file names the rules of derivation by now, declares what the export
 * holds and is signed, and so has another hash.
 */
export function comparableText(text: string): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.endsWith('"type":"trailer"}'));
  if (at < 0) return text;
  const trailer = JSON.parse(lines[at]!) as Record<string, unknown>;
  for (const name of trailerMembersSince) delete trailer[name];
  return lines.with(at, JSON.stringify(trailer)).join('\n');
}

/**
 * The status of a recorded answer as later builds give it: a counterfactual of all profiles of a run no longer fails for one that cannot be
 * allocated, as `flow meta --risk all` does not.
 */
export function statusSince(argv: readonly string[], exit: number, answer: Answer): { readonly exit: number; readonly answer: Answer } {
  const profiles = (answer.result as { profiles?: { status: string }[] } | null)?.profiles ?? [];
  const isOfAll = argv[0] === 'counterfactual' && !argv.includes('--risk') && answer.error === undefined;
  return isOfAll && profiles.some(({ status }) => status === 'allocated') ? { exit: 0, answer: { ...answer, ok: true } } : { exit, answer };
}

/**
 * A refused question about weights without a profile names its ledger by now: the profile is taken from the definition in force, so the
 * ledger is open before the manifest is asked.
 */
export const refusedByTheLedger = (answer: Answer, ledgerId: string): Answer =>
  answer.command === 'weights' && answer.error !== undefined && answer.ledgerId === null ? { ...answer, ledgerId } : answer;
