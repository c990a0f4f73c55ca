import type { Status } from '../api/answers.ts';
import { count, counted, instant } from './words.ts';

/** One thing that waits: for whom, since or until when, and what lets it go on. */
export interface Waiting {
  readonly kind: 'portfolio' | 'sleeve';
  readonly name: string;
  readonly what: string;
  /** Null where it says no time. */
  readonly when: string | null;
  readonly goesOn: string;
}

type Portfolio = Status['portfolios'][number];

function ofPortfolio({ meta, state, due, held, proposed, awaited, haltedWhy, lastDecision }: Portfolio): Waiting[] {
  const waits = (what: string, when: string | null, goesOn: string): Waiting => ({ kind: 'portfolio', name: meta, what, when, goesOn });
  return [
    ...(haltedWhy === null ? [] : [waits(`halted: ${haltedWhy}`, null, 'an operator resumes it')]),
    ...(held === null
      ? []
      : [waits(`rebalance ${held.runId}`, held.recordedAt, 'another person than its proposer approves or rejects it')]),
    ...(proposed === undefined
      ? []
      : [waits(`definition ${proposed.proposal}`, proposed.recordedAt, 'another person than its proposer approves or rejects it')]),
    ...(due === null
      ? []
      : [
          waits(
            due.because === 'cool_down' ? 'cools down' : 'collects results',
            due.dueAt,
            `a worker allocates after ${instant(due.dueAt)}`,
          ),
        ]),
    ...(state === 'pending' ? [waits('new results, not decided on', null, 'a worker: sleeve-ledger work')] : []),
    ...(state === 'refused' && lastDecision !== null
      ? [waits(`refused: ${lastDecision.message}`, lastDecision.recordedAt, 'another result, a waiver or another definition')]
      : []),
    ...awaited.map(({ sleeve, because, latestAsOf, wantedAsOf }) =>
      waits(
        `sleeve ${sleeve}: ${because === 'behind' ? `at ${latestAsOf}, wants ${wantedAsOf}` : because.replaceAll('_', ' ')}`,
        null,
        because === 'quarantined' ? 'an operator reinstates it' : 'the sleeve sends its result',
      ),
    ),
  ];
}

function ofSleeve({ sleeve, heldResults, openLetters, overdue }: Status['sleeves'][number]): Waiting[] {
  const waits = (what: string, when: string | null, goesOn: string): Waiting => ({ kind: 'sleeve', name: sleeve, what, when, goesOn });
  return [
    ...(heldResults === 0 && openLetters === 0
      ? []
      : [
          waits(
            `${counted(openLetters, 'dead letter')}, ${counted(heldResults, 'result')} behind`,
            null,
            'an operator retries or discards the letter',
          ),
        ]),
    ...(overdue.length === 0
      ? []
      : [
          waits(
            `${count(overdue.length)} overdue, the first ${overdue[0]!.session}`,
            overdue[0]!.expectedBy,
            'the sleeve sends its results',
          ),
        ]),
  ];
}

/** Everything that does not go on by itself, or not yet. */
export function queueOf({ portfolios, sleeves }: Pick<Status, 'portfolios' | 'sleeves'>): readonly Waiting[] {
  return [...portfolios.flatMap(ofPortfolio), ...sleeves.flatMap(ofSleeve)];
}
