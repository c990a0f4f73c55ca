/** Taking a sleeve out of use, and back; halting what is published, and letting it go on; and waivers of parity. */
import { describe, expect, test } from '@jest/globals';
import { grantParityWaiver } from '../../../handlers/commands/grant-parity-waiver.ts';
import { switchPublication } from '../../../handlers/commands/halt-publication.ts';
import { quarantineSleeve, reinstateSleeve } from '../../../handlers/commands/quarantine-sleeve.ts';
import { revokeParityWaiver } from '../../../handlers/commands/revoke-parity-waiver.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory, portfolioFacts, sleeveFacts } from '../../support/portfolio-events.ts';
import { sleeveRunFacts } from '../../support/sleeve-run-facts.ts';

const bonds = () => new FactHistory().sleeve('SleeveRunAccepted', sleeveFacts.accepted('bonds', 's1', '2025-07-16'));

const desk = () => new FactHistory().portfolio('MetaPortfolioDefined', portfolioFacts.defined('desk', ['bonds']));

describe('a sleeve', () => {
  test('is taken out of use and put back, each time once, with its reason', async () => {
    const session = await ledgerHolding(bonds());
    const out = { sleeve: 'bonds', state: 'quarantined', why: 'bad prices', runs: 1 };
    const back = { sleeve: 'bonds', state: 'in use', runs: 1 };
    expect(await quarantineSleeve(session, 'bonds', 'bad prices')).toEqual({ ...out, already: false });
    // The reason that stands is the one that was given first.
    expect(await quarantineSleeve(session, 'bonds', 'really bad')).toEqual({ ...out, already: true });
    expect(await reinstateSleeve(session, 'bonds', 'mended')).toEqual({ ...back, why: 'mended', already: false });
    expect(await reinstateSleeve(session, 'bonds', 'mended')).toEqual({ ...back, why: 'mended', already: true });
    expect(await quarantineSleeve(session, 'bonds', 'bad again')).toEqual({ ...out, why: 'bad again', already: false });
    const recorded = await session.ports.store.readStream('sleeve-bonds', { from: 1n, direction: 'forwards', maxCount: 10 });
    expect(recorded.map(({ type }) => type)).toEqual(['SleeveQuarantined', 'SleeveReinstated', 'SleeveQuarantined']);
  });

  test.each<[string, FactHistory]>([
    ['was defined', new FactHistory().sleeve('SleeveDefined', sleeveFacts.defined('gold'))],
    ['was switched before', new FactHistory().sleeve('SleeveQuarantined', { sleeve: 'gold', number: 1, why: 'before' })],
    ['has a result that waits', new FactHistory().sleeve('SleeveResultHeld', sleeveFacts.held('gold'))],
    [
      'has a run that was refused',
      new FactHistory().add('sleeveRun-g1', 'SleeveRunOpened', sleeveRunFacts.opened('g1', { sleeve: 'gold' })),
    ],
  ])('is known where it %s', async (_, history) => {
    const session = await ledgerHolding(history);
    expect(await quarantineSleeve(session, 'gold', 'bad prices')).toMatchObject({ sleeve: 'gold', state: 'quarantined', runs: 0 });
  });

  test('that nobody knows is refused, and nothing is recorded', async () => {
    const session = await ledgerHolding(bonds());
    const head = await session.ports.store.head();
    for (const act of [quarantineSleeve, reinstateSleeve])
      await expect(act(session, 'gold', 'why')).rejects.toMatchObject({
        code: 'SleeveUnknown',
        message: 'no sleeve gold is known to this ledger',
        at: { path: 'gold' },
      });
    expect(await session.ports.store.head()).toBe(head);
  });

  test.each(['', 'a b', 'gold!', '!gold', 'gold/1'])('has no name such as %p', async (name) => {
    const session = await ledgerHolding(bonds());
    await expect(quarantineSleeve(session, name, 'why')).rejects.toMatchObject({ code: 'Usage', message: `${name} is not a sleeve name` });
  });
});

describe('the publications of a portfolio', () => {
  test('are halted and let go on, each time once, with the reason that stands', async () => {
    const session = await ledgerHolding(desk());
    const halted = { meta: 'desk', state: 'halted', why: 'outage' };
    const running = { meta: 'desk', state: 'running', why: 'over' };
    expect(await switchPublication(session, 'HaltPublication', 'desk', 'outage')).toEqual({ ...halted, already: false });
    expect(await switchPublication(session, 'HaltPublication', 'desk', 'another')).toEqual({ ...halted, already: true });
    expect(await switchPublication(session, 'ResumePublication', 'desk', 'over')).toEqual({ ...running, already: false });
    expect(await switchPublication(session, 'ResumePublication', 'desk', 'over')).toEqual({ ...running, already: true });
    expect(await switchPublication(session, 'HaltPublication', 'desk', 'again')).toEqual({ ...halted, why: 'again', already: false });
    const recorded = await session.ports.store.readStream('metaPortfolio-desk', { from: 1n, direction: 'forwards', maxCount: 10 });
    expect(recorded.map(({ type }) => type)).toEqual(['PublicationHalted', 'PublicationResumed', 'PublicationHalted']);
  });

  test('are none of a portfolio that is not defined', async () => {
    const session = await ledgerHolding(desk());
    await expect(switchPublication(session, 'HaltPublication', 'nobody', 'why')).rejects.toMatchObject({
      code: 'PortfolioUndefined',
      message: 'nobody is not defined in this ledger',
      at: { path: 'nobody' },
    });
  });
});

describe('a waiver of parity', () => {
  const asked = { meta: 'desk', paths: ['features.b', 'backtest.a'], until: '2026-12-31', why: 'agreed' };

  test('is granted once, whatever the order of its paths, and stands until it is revoked', async () => {
    const session = await ledgerHolding(new FactHistory());
    const granted = await grantParityWaiver(session, asked);
    const { waiverId } = granted;
    const terms = { ...asked, paths: ['backtest.a', 'features.b'], who: 'tests', waiverId };
    expect(granted).toEqual({ ...terms, already: false, stands: true });
    expect(await grantParityWaiver(session, { ...asked, paths: asked.paths.toReversed() })).toEqual({
      ...terms,
      already: true,
      stands: true,
    });
    const revoked = { waiverId, meta: 'desk', why: 'over' };
    expect(await revokeParityWaiver(session, 'desk', waiverId, 'over')).toEqual({ ...revoked, already: false });
    expect(await revokeParityWaiver(session, 'desk', waiverId, 'over')).toEqual({ ...revoked, already: true });
    expect(await grantParityWaiver(session, asked)).toEqual({ ...terms, already: true, stands: false });
  });

  test('on any other terms is another waiver', async () => {
    const session = await ledgerHolding(new FactHistory());
    const others = [
      asked,
      { ...asked, meta: 'alt' },
      { ...asked, why: 'other' },
      { ...asked, until: '2027-01-01' },
      { ...asked, paths: ['x'] },
    ];
    const ids = new Set<string>();
    for (const one of others) ids.add((await grantParityWaiver(session, one)).waiverId);
    ids.add((await grantParityWaiver({ ...session, actor: 'ann' }, asked)).waiverId);
    const elsewhere = { ...session.ledger, ledgerId: '2d1f0c6e-0000-5000-8000-000000000001' };
    ids.add((await grantParityWaiver({ ...session, ledger: elsewhere }, asked)).waiverId);
    expect(ids.size).toBe(7);
  });

  test.each(['', 'a b', 'desk!', '!desk'])('of no portfolio that can be, such as %p, is refused', async (meta) => {
    const session = await ledgerHolding(new FactHistory());
    await expect(grantParityWaiver(session, { ...asked, meta })).rejects.toMatchObject({
      code: 'Usage',
      message: `${meta} is not a portfolio name`,
    });
  });

  test('that nobody granted cannot be revoked', async () => {
    const session = await ledgerHolding(new FactHistory());
    await expect(revokeParityWaiver(session, 'desk', 'c56a4180-65aa-42ec-a945-5fd21dec0538', 'why')).rejects.toMatchObject({
      code: 'WaiverUnknown',
    });
  });
});
