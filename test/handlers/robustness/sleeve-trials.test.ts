/** The winner of a tournament, deflated by what the ledger holds of its sleeve. */
import { describe, expect, test } from '@jest/globals';
import type { EventData } from '../../../domain/catalogue.ts';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import { deflatedSharpe, observedSharpe } from '../../../domain/metrics/deflated-sharpe.ts';
import { tournamentEventsIn } from '../../../domain/tournament-run/slice.ts';
import { firstDeflated, type FirstDeflated } from '../../../handlers/robustness/sleeve-trials.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { sha256 } from '../../support/sample-events.ts';
import { tournamentFacts } from '../../support/tournament-facts.ts';

const net = Float64Array.of(0.01, -0.02, 0.03, 0.01, -0.005, 0.02);
const stream = {
  dates: ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08', '2024-01-09'],
  columns: ['gross', 'net'],
  values: [net.map((value) => value + 0.001), net],
};

type Entrant = EventData<'TournamentCompleted'>['entrants'][number];

/** A ledger with two tournaments of one sleeve, of which the second is asked about. */
async function asked(change: (entrants: readonly Entrant[]) => readonly Entrant[], failed = false): Promise<FirstDeflated | null> {
  const staged = new StagedArtifacts(sha256);
  const { sha256: address, bytes } = staged.table(stream, []);
  const completed = tournamentFacts.completed('m2');
  const entrants = change(
    completed.entrants.map((entrant) => ({
      ...entrant,
      held: { ...entrant.held, stream: { ...entrant.held.stream, sha256: address, bytes } },
    })),
  );
  const other = tournamentFacts.completed('m1');
  const history = new FactHistory()
    .add(
      'tournament-m1',
      'TournamentStarted',
      tournamentFacts.started('m1', { definition: { ...started.definition, sha256: 'e'.repeat(64) } }),
    )
    .add('tournament-m1', 'TournamentCompleted', { ...other, entrants: other.entrants.slice(0, 1) })
    .add('tournament-m2', 'TournamentStarted', started);
  if (failed) history.add('tournament-m2', 'TournamentFailed', tournamentFacts.failed('m2'));
  else history.add('tournament-m2', 'TournamentCompleted', { ...completed, entrants: [...entrants] });
  const { ports } = await ledgerHolding(history);
  await ports.artifacts.putAll(staged.contents());
  const own = history.events.filter(({ envelope }) => envelope.stream === 'tournament-m2');
  return firstDeflated(ports, tournamentEventsIn(own));
}

const started = tournamentFacts.started('m2');
const sharpeOf = (id: string, sharpePerRow: number | null) => (entrants: readonly Entrant[]) =>
  entrants.map((entrant) => (entrant.id === id ? { ...entrant, held: { ...entrant.held, sharpePerRow } } : entrant));

describe('the winner of a tournament', () => {
  test('is deflated on its net returns, by the trials of every tournament of its sleeve', async () => {
    // One stream for all of m2, so that its three entrants are one trial, and that of m1 another: Sharpe ratios 0.3 and 0.1.
    const found = await asked(sharpeOf('a', 0.3));
    const variance = 2 * 0.1 * 0.1;
    const expected = deflatedSharpe(observedSharpe(net), { count: 2, varianceOfSharpes: variance });
    expect(found).toEqual({
      ...expected,
      id: 'a',
      expectedMaximum: expect.closeTo(expected.expectedMaximum, 12),
      deflated: expect.closeTo(expected.deflated, 12),
    });
  });

  test.each<[string, (entrants: readonly Entrant[]) => readonly Entrant[]]>([
    ['where the first does not vary', sharpeOf('a', null)],
    ['where no entrant is first', (entrants) => entrants.filter(({ rank }) => rank > 1)],
    ['where the first is another one again', (entrants) => entrants.filter(({ id }) => id !== 'a')],
  ])('is not deflated %s', async (_, change) => {
    expect(await asked(change)).toBeNull();
  });

  test('is nobody in a tournament that failed', async () => {
    expect(await asked((entrants) => entrants, true)).toBeNull();
  });
});
