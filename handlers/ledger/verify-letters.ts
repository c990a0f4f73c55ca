import { LedgerError } from '../../domain/shared/errors.ts';
import { GrowingIds } from '../../domain/shared/growing-ids.ts';
import type { SealedText } from '../../domain/sleeve/intake-events.ts';
import { unsealBytes } from '../intake/sealing.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { eventsUntil } from '../read-models/views.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import { at, type Fault, nowhere } from './fault.ts';

export interface LetterFindings {
  /** Sealed messages that no erasure names and whose keys are in a file that is not here. */
  readonly unopened: number;
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

/** What the ledger itself names as unreadable by now. */
interface Destroyed {
  readonly letters: GrowingIds;
  /** Held results that became letters: sealed anew under the letters' own keys. */
  readonly held: GrowingIds;
}

async function destroyedIn({ store }: Ports): Promise<Destroyed> {
  let [letters, held] = [GrowingIds.empty(), GrowingIds.empty()];
  for await (const stored of eventsUntil(store, null, ['DeadLetterErased', 'SleeveResultReleased'])) {
    const [event] = toDomainEvents([stored]);
    if (event?.type === 'DeadLetterErased') letters = letters.with(event.data.letterId);
    if (event?.type === 'SleeveResultReleased' && event.data.letterId !== null) held = held.with(event.data.heldId);
  }
  return { letters, held };
}

interface Sealed {
  readonly sealed: SealedText;
  /** `kept`: the key must be here and open it. `gone`: it must not. `either`: it was to be destroyed, and no event says that it was. */
  readonly key: 'kept' | 'gone' | 'either';
}

function sealedIn(stored: StoredEvent, { letters, held }: Destroyed): Sealed | null {
  const [event] = toDomainEvents([stored]);
  const isLetter = event?.type === 'SleeveRunRejected' || event?.type === 'MessagesRefused';
  if (isLetter && event.data.payload.sealed !== null)
    return { sealed: event.data.payload.sealed, key: letters.has(event.data.letterId) ? 'gone' : 'kept' };
  if (event?.type === 'SleeveResultHeld' && event.data.sealed !== null)
    return { sealed: event.data.sealed, key: held.has(event.data.heldId) ? 'either' : 'kept' };
  return null;
}

async function faultOf(ports: Ports, { sealed, key }: Sealed): Promise<Pick<Fault, 'kind' | 'expected' | 'actual'> | null> {
  const { keyId } = sealed;
  if (key === 'either') return null;
  if (key === 'gone') {
    if ((await ports.letterKeys.key(keyId)) === null) return null;
    return { kind: 'letter_key_not_destroyed', expected: `no key ${keyId}, as DeadLetterErased says`, actual: 'the key is here' };
  }
  try {
    await unsealBytes(ports, sealed);
    return null;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const kind = error.code === 'LetterKeyMissing' ? 'letter_key_missing' : 'letter_unreadable';
    return { kind, expected: `key ${keyId}, as no DeadLetterErased names its letter`, actual: error.message };
  }
}

const count = (messages: number): string => (messages === 1 ? '1 sealed message' : `${messages} sealed messages`);

/** What was sealed under keys of files that are not here, by file: messages that must open, and messages that an erasure names. */
class NotHere {
  readonly #unopened = new Map<string, number>();
  #erased = 0;

  add({ sealed: { keyFile }, key }: Sealed): void {
    if (key === 'kept') this.#unopened.set(keyFile, (this.#unopened.get(keyFile) ?? 0) + 1);
    if (key === 'gone') this.#erased++;
  }

  /** One of each file, however many messages it has keys of. */
  faults(here: string | null): Fault[] {
    return [...this.#unopened].map(([file, messages]) => ({
      kind: 'letter_keys_missing',
      ...nowhere,
      expected: `the file of letter keys ${file}: no DeadLetterErased names what it opens, ${count(messages)}`,
      actual: here === null ? 'no file of letter keys beside the store' : `the file of letter keys ${here}`,
    }));
  }

  get unopened(): number {
    return [...this.#unopened.values()].reduce((sum, messages) => sum + messages, 0);
  }

  notes(excused: boolean): string[] {
    return [
      ...(excused && this.unopened > 0
        ? [
            `${count(this.unopened)} could not be opened, for the keys are said to be kept elsewhere: that nobody destroyed one of them ` +
              'without an erasure on record is not proved',
          ]
        : []),
      ...(this.#erased > 0
        ? [`the keys of ${count(this.#erased)} that were erased stood in a file that is not here: that they are destroyed is not proved`]
        : []),
    ];
  }
}

/** The file of letter keys beside the store: that a reader may not open one is no fault where they need none. */
async function fileHere(
  { letterKeys }: Ports,
  keptElsewhere: boolean,
): Promise<{ readonly here: string | null; readonly notes: string[] }> {
  try {
    return { here: await letterKeys.id(), notes: [] };
  } catch (error) {
    if (!keptElsewhere || !(error instanceof LedgerError)) throw error;
    return { here: null, notes: [`${error.message}; it was taken for one that is not here`] };
  }
}

/**
 * Whether every sealed letter opens by its key, but those that an erasure names, whose keys must be gone. Keys stand in a file outside the
 * ledger. A file that is not here opens nothing, which is a fault unless the verifier says that it is kept elsewhere (`keptElsewhere`):
 * then a note says what is not proved.
 */
export async function letterFindings(ports: Ports, keptElsewhere: boolean): Promise<LetterFindings> {
  const { here, notes } = await fileHere(ports, keptElsewhere);
  const destroyed = await destroyedIn(ports);
  const faults: Fault[] = [];
  const notHere = new NotHere();
  for await (const stored of eventsUntil(ports.store, null, ['SleeveRunRejected', 'MessagesRefused', 'SleeveResultHeld'])) {
    const found = sealedIn(stored, destroyed);
    if (found === null) continue;
    if (found.sealed.keyFile !== here) {
      notHere.add(found);
      continue;
    }
    const fault = await faultOf(ports, found);
    if (fault !== null) faults.push({ ...fault, ...at(stored) });
  }
  if (!keptElsewhere) faults.push(...notHere.faults(here));
  return { unopened: notHere.unopened, faults, notes: [...notes, ...notHere.notes(keptElsewhere)] };
}
