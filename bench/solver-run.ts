/** Every solver on every kind of data, beside its peers with one thread each and, where it matters, with two. */
import { caseId, type SolverCase, type SolverPeer, solverPeers } from './solver-cases.ts';
import { readSolverMoments } from './solver-data.ts';
import { countsAsEqual, fastestOf, gapsOf } from './solver-gap.ts';
import type { OwnAnswers, SolverAnswer } from './solver-own.ts';
import type { PeerOutcome, SolverOutcome, SolverRow } from './solver-results.ts';
import { type PeerAnswer, solveWithPeer } from './solver-worker.ts';

/**
 * Seconds after which a peer is stopped, and those of the case of 2,000 columns. Work of four seconds is not repeated: what takes longer
 * than this has a first repetition that does.
 */
const secondsMax = 60;
const secondsMaxOfMany = 600;
const secondsMaxOf = ({ columns }: SolverCase): number => (columns > 1000 ? secondsMaxOfMany : secondsMax);

type Answers = Map<string, Map<SolverPeer, PeerAnswer>>;

export interface PeerSettings {
  readonly python: string;
  readonly scratch: string;
  readonly say: (text: string) => void;
}

const heldMin = 1e-6;
const isSolved = (answer: PeerAnswer | undefined): answer is Extract<SolverAnswer, { timing: unknown }> =>
  answer !== undefined && 'timing' in answer;

function failureOf(one: SolverCase, answer: PeerAnswer | undefined): string | null {
  if (answer === undefined) throw new Error(`${caseId(one)} was not asked`);
  if ('tookTooLong' in answer) return `> ${secondsMaxOf(one)} s`;
  return 'refused' in answer ? answer.refused : null;
}

/** One peer after the other, each in a process of its own. */
async function askPeers(
  { python, scratch, say }: PeerSettings,
  cases: readonly SolverCase[],
  threads: number,
  isAsked: (one: SolverCase, peer: SolverPeer) => boolean,
): Promise<{ answers: Answers; versions: Record<string, string> }> {
  const answers: Answers = new Map(cases.map((one) => [caseId(one), new Map<SolverPeer, PeerAnswer>()]));
  const versions: Record<string, string> = {};
  for (const peer of solverPeers) {
    const asked = cases.filter((one) => one.peers.includes(peer) && isAsked(one, peer));
    if (asked.length === 0) continue;
    const started = performance.now();
    const { versions: found } = await solveWithPeer(
      { python, scratch, peer, threads },
      asked,
      (one) => secondsMaxOf(one) * 1000,
      (one, answer) => answers.get(caseId(one))!.set(peer, answer),
    );
    Object.assign(versions, found);
    say(`${peer}, ${threads} thread${threads === 1 ? '' : 's'}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  return { answers, versions };
}

function rowOf(one: SolverCase, own: SolverAnswer, theirs: Map<SolverPeer, PeerAnswer>, scratch: string): SolverRow {
  const solved = one.peers.filter((peer) => isSolved(theirs.get(peer)));
  const answerOf = (answer: PeerAnswer | undefined): readonly number[] => (isSolved(answer) ? answer.answer : []);
  const isOwnSolved = isSolved(own);
  const all = [...(isOwnSolved ? [own.answer] : []), ...solved.map((peer) => answerOf(theirs.get(peer)))];
  const gaps = isOwnSolved || solved.length > 0 ? gapsOf(one, all, () => readSolverMoments(scratch, one)) : [];
  const outcome = (answer: PeerAnswer | undefined, at: number): SolverOutcome => ({
    timing: isSolved(answer) ? answer.timing : null,
    gap: isSolved(answer) && Number.isFinite(gaps[at]) ? gaps[at]! : null,
    failure: failureOf(one, answer),
  });
  const first = isOwnSolved ? 1 : 0;
  const { peers, ...rest } = one;
  return {
    ...rest,
    own: outcome(own, 0),
    held: isOwnSolved ? own.answer.filter((weight) => weight > heldMin).length : null,
    peers: Object.fromEntries(
      peers.map((peer): [SolverPeer, PeerOutcome] => [
        peer,
        { ...outcome(theirs.get(peer), first + solved.indexOf(peer)), twoThreads: null },
      ]),
    ),
  };
}

/** Work of more than this is not timed again with two threads: the section would take half as long again. */
const againMsMax = 10_000;

/** Two threads halve a time at best: peers that take more than twice the fastest cannot overtake it, and are not asked again. */
function mayOvertake(row: SolverRow, peer: SolverPeer): boolean {
  const outcome = row.peers[peer]!;
  const fastest = fastestOf(row, ({ timing }) => timing);
  if (fastest === null || outcome.timing === null || outcome.gap === null) return false;
  return countsAsEqual(row.solver, outcome.gap) && outcome.timing.medianMs <= Math.min(againMsMax, 2 * fastest.timing.medianMs);
}

function withTwoThreads(row: SolverRow, theirs: Map<SolverPeer, PeerAnswer>): SolverRow {
  const peers = Object.fromEntries(
    Object.entries(row.peers).map(([peer, outcome]) => {
      const answer = theirs.get(peer as SolverPeer);
      return [peer, { ...outcome, twoThreads: isSolved(answer) ? answer.timing : null }];
    }),
  );
  return { ...row, peers };
}

export async function compareSolvers(
  settings: PeerSettings,
  cases: readonly SolverCase[],
  own: OwnAnswers,
): Promise<{ rows: SolverRow[]; versions: Record<string, string> }> {
  const { answers, versions } = await askPeers(settings, cases, 1, () => true);
  const rows = cases.map((one) => rowOf(one, own[caseId(one)]!, answers.get(caseId(one))!, settings.scratch));
  const byId = new Map(rows.map((row) => [caseId(row), row]));
  const two = await askPeers(settings, cases, 2, (one, peer) => mayOvertake(byId.get(caseId(one))!, peer));
  return { rows: rows.map((row) => withTwoThreads(row, two.answers.get(caseId(row))!)), versions };
}
