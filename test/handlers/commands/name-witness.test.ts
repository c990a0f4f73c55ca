/** Other witnesses, or another key, in the place of those before: what is answered, recorded and left on disk. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cosignerKeyOf, formatCosignerKey } from '../../../domain/audit/cosignature.ts';
import { nameWitness } from '../../../handlers/commands/name-witness.ts';
import { rotateKey } from '../../../handlers/commands/rotate-key.ts';
import { seal } from '../../../handlers/commands/seal-ledger.ts';
import { toDomainEvents } from '../../../handlers/runtime/record.ts';
import { addRun, type LedgerSession, ledgerSession } from '../../support/ledger-session.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const at = (name: string): string => join(directory, name);
const keyIn = (file: string): Record<string, unknown> => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

async function recordedIn({ session }: LedgerSession, type: string): Promise<unknown[]> {
  const events = await session.ports.store.readAll({ after: null, maxCount: 100, types: [type] });
  return toDomainEvents(events).map(({ data }) => data);
}

async function sealed(name: string): Promise<LedgerSession> {
  const ledger = await ledgerSession(at(name));
  await addRun(ledger.session.ports.store, 'r1');
  await seal(ledger.session, ledger.settings);
  return ledger;
}

describe('another witness', () => {
  test('takes along what the one before remembered, and is in the key file', async () => {
    const ledger = await sealed('moved');
    const { session, settings } = ledger;
    const before = readdirSync(settings.witness!);
    const sealedTo = (await session.ports.store.readAll({ after: null, maxCount: 100, types: null })).length - 1;
    const named = { witness: at('elsewhere'), quorum: null, keyFile: at('moved.key'), remembered: sealedTo, sealedTo };
    expect(await nameWitness(session, settings, at('elsewhere'), 'a better disk')).toEqual(named);
    expect(readdirSync(at('elsewhere'))).toEqual(before);
    for (const file of before) expect(readFileSync(join(at('elsewhere'), file))).toEqual(readFileSync(join(settings.witness!, file)));
    expect(keyIn(at('moved.key'))).toMatchObject({ witness: at('elsewhere'), origin: session.ledger.origin });
    expect(keyIn(at('moved.key'))).not.toHaveProperty('witnessQuorum');
    const fact = { why: 'a better disk', sealedTo, remembered: sealedTo, cosigners: [], quorum: null };
    expect(await recordedIn(ledger, 'WitnessNamed')).toEqual([fact]);
    // Named again, it is what it is; for another reason it is another fact.
    expect(await nameWitness(session, { ...settings, witness: null }, at('elsewhere'), 'a better disk')).toEqual(named);
    expect(await recordedIn(ledger, 'WitnessNamed')).toEqual([fact]);
    await nameWitness(session, { ...settings, witness: null }, at('elsewhere'), 'once more');
    expect(await recordedIn(ledger, 'WitnessNamed')).toEqual([fact, { ...fact, why: 'once more' }]);
  });

  test('keeps what it remembers itself', async () => {
    const { session, settings } = await sealed('kept');
    const [file] = readdirSync(settings.witness!).filter((name) => name.endsWith('.checkpoint'));
    mkdirSync(at('own'));
    writeFileSync(join(at('own'), file!), 'its own');
    await nameWitness(session, settings, at('own'), 'a better disk').catch(() => null);
    expect(readFileSync(join(at('own'), file!), 'utf8')).toBe('its own');
  });

  test('begins with the last seal where the one before remembered nothing', async () => {
    const ledger = await sealed('forgotten');
    const { session, settings } = ledger;
    const sealedTo = (await session.ports.store.readAll({ after: null, maxCount: 100, types: null })).length - 1;
    mkdirSync(at('empty'));
    const answer = await nameWitness(session, { ...settings, witness: at('empty') }, at('begun'), 'the disk is gone');
    expect(answer).toMatchObject({ witness: at('begun'), remembered: null, sealedTo });
    expect(await recordedIn(ledger, 'WitnessNamed')).toMatchObject([{ remembered: null, sealedTo }]);
    expect(readdirSync(at('begun')).some((name) => name.endsWith('.checkpoint'))).toBe(true);
  });

  test('of a ledger that was never sealed remembers nothing', async () => {
    const { session, settings } = await ledgerSession(at('unsealed'));
    expect(await nameWitness(session, settings, at('next'), 'early')).toMatchObject({ remembered: null, sealedTo: 0 });
    expect(readdirSync(at('next'))).toEqual([]);
  });

  test('may be servers beside the folder before, of which a quorum is demanded and then no longer', async () => {
    const ledger = await sealed('served');
    const { session, settings } = ledger;
    const { crypto } = session.ports;
    const key = (digit: string): string =>
      formatCosignerKey(cosignerKeyOf(crypto.sha256, `w${digit}.example`, crypto.publicKeyOf(new Uint8Array(32).fill(Number(digit)))));
    const places = ['2', '1'].map((digit) => `https://w${digit}.example/#${key(digit)}`).join(' ');
    const answer = await nameWitness(session, { ...settings, witnessQuorum: 2 }, places, 'others look too');
    expect(answer).toMatchObject({ witness: `${settings.witness!} ${places}`, quorum: 2 });
    expect(await recordedIn(ledger, 'WitnessNamed')).toMatchObject([{ quorum: 2, cosigners: [key('1'), key('2')].toSorted() }]);
    expect(keyIn(at('served.key'))).toMatchObject({ witnessQuorum: 2, witness: `${settings.witness!} ${places}` });
    await nameWitness(session, { ...settings, witness: null, witnessQuorum: null }, settings.witness!, 'alone again');
    expect(keyIn(at('served.key'))).toMatchObject({ witness: settings.witness! });
    expect(keyIn(at('served.key'))).not.toHaveProperty('witnessQuorum');
  });
});

describe('another key', () => {
  test('signs from now on; the one before is kept beside it, and the ledger names both', async () => {
    const ledger = await sealed('rotated');
    const { session, settings } = ledger;
    const before = keyIn(at('rotated.key'));
    const rotation = await rotateKey(session, settings, 'the laptop was lost');
    const after = keyIn(at('rotated.key'));
    expect(rotation).toEqual({
      verifierKeyBefore: before['verifierKey'],
      verifierKeyAfter: after['verifierKey'],
      keyFile: at('rotated.key'),
      retiredFile: expect.stringMatching(/\.key\.[0-9a-f]{8}\.retired$/),
      completed: false,
    });
    expect(after['verifierKey']).not.toBe(before['verifierKey']);
    expect(after).not.toHaveProperty('next');
    expect(existsSync(rotation.retiredFile)).toBe(true);
    expect(keyIn(rotation.retiredFile)).toMatchObject({ verifierKey: before['verifierKey'], privateSeedHex: before['privateSeedHex'] });
    expect(await recordedIn(ledger, 'SigningKeyRotated')).toMatchObject([
      { verifierKeyBefore: before['verifierKey'], verifierKeyAfter: after['verifierKey'], why: 'the laptop was lost' },
    ]);
    const next = await rotateKey(session, settings, 'once more');
    expect(next.verifierKeyBefore).toBe(rotation.verifierKeyAfter);
    expect(await recordedIn(ledger, 'SigningKeyRotated')).toHaveLength(2);
  });
});
