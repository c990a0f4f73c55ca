import { describe, expect, test } from '@jest/globals';
import { switchPublication } from '../../../handlers/commands/halt-publication.ts';
import { deliver, deliverAll, openDesk, recorded } from './desk.ts';
import { decided, look, publications, thursday } from './looking.ts';

describe('the switch of a portfolio', () => {
  test('halts and resumes, each once, and numbers the next halt', async () => {
    const { session, ...desk } = await openDesk();
    const halted = { meta: 'whole', state: 'halted', why: 'outage' };
    expect(await switchPublication(session, 'HaltPublication', 'whole', 'outage')).toEqual({ ...halted, already: false });
    const head = await desk.memory.store.head();
    // The reason that stands is the first one's.
    expect(await switchPublication(session, 'HaltPublication', 'whole', 'another reason')).toEqual({ ...halted, already: true });
    expect(await desk.memory.store.head()).toBe(head);
    expect(await switchPublication(session, 'ResumePublication', 'whole', 'over')).toEqual({
      meta: 'whole',
      state: 'running',
      why: 'over',
      already: false,
    });
    expect(await switchPublication(session, 'ResumePublication', 'whole', 'over')).toMatchObject({ state: 'running', already: true });
    expect(await switchPublication(session, 'HaltPublication', 'whole', 'outage')).toEqual({ ...halted, already: false });
    expect((await recorded({ session }, 'PublicationHalted')).map(({ number, who }) => [number, who])).toEqual([
      [1, 'test'],
      [2, 'test'],
    ]);
    expect((await recorded({ session }, 'PublicationResumed')).map(({ number }) => number)).toEqual([1]);
  });

  test('of one portfolio leaves the others alone, and lets results in', async () => {
    const desk = await openDesk();
    await switchPublication(desk.session, 'HaltPublication', 'whole', 'outage');
    await deliverAll(desk, thursday);
    expect(await look(desk, 'whole')).toMatchObject({ kind: 'halted' });
    expect(await look(desk, 'listed')).toEqual(decided('AllocationPublished'));
    expect(await recorded(desk, 'SleeveRunAccepted')).toHaveLength(3);
  });

  test('was resumed: what had been decided before is not decided again', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    await look(desk);
    await switchPublication(desk.session, 'HaltPublication', 'whole', 'outage');
    await switchPublication(desk.session, 'ResumePublication', 'whole', 'over');
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
    await deliver(desk, 'stocks', thursday, 1);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    expect(await publications(desk)).toHaveLength(2);
  });

  test('of a portfolio that is not defined is refused, and opens no stream', async () => {
    const desk = await openDesk();
    const head = await desk.memory.store.head();
    for (const kind of ['HaltPublication', 'ResumePublication'] as const) {
      await expect(switchPublication(desk.session, kind, 'unheard_of', 'x')).rejects.toEqual(
        expect.objectContaining({ code: 'PortfolioUndefined' }),
      );
    }
    expect(await desk.memory.store.head()).toBe(head);
  });
});
