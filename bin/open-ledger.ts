import { z } from 'zod';
import { StreamFolds } from '../handlers/runtime/folds.ts';
import { openLedger as openSession } from '../handlers/ledger/open-ledger.ts';
import { keptPlaces } from '../handlers/ledger/witness-folder.ts';
import { beginWriting } from '../handlers/ledger/begin-writing.ts';
import { timeOfLedger } from '../handlers/ledger/time-of-ledger.ts';
import { createSealer, type Sealing } from '../handlers/ledger/sealer.ts';
import type { Opening } from '../handlers/runtime/opening.ts';
import type { EventStore } from '../handlers/ports/ports.ts';
import type { CsvAsked } from '../domain/shared/csv-reading.ts';
import type { MetadataFile } from '../domain/allocation/sleeve/given-supply.ts';
import type { PriceFile } from '../domain/returns/price-file.ts';
import { RecordedInputs } from '../handlers/runs/recorded-inputs.ts';
import { type Reallocation, reallocate } from '../handlers/reaction/reallocate.ts';
import type { Session } from '../handlers/runtime/session.ts';
import { cacheFolder, resolveSettings, type Settings } from '../handlers/runtime/settings.ts';
import { systemUser } from '../infra/system/runtime.ts';
import { createPresentationPorts, createTools, openStore } from './adapters.ts';
import { checkArguments, withCheckedArguments } from './checked-arguments.ts';
import { commandsOf, outputsOf } from './ledger-commands.ts';
import { questionsOf } from './ledger-questions.ts';

export type LedgerCommands = ReturnType<typeof commandsOf>;
export type LedgerOutputs = ReturnType<typeof outputsOf>;
export type LedgerQuestions = ReturnType<typeof questionsOf>;

/** A ledger to script against: the same handlers as the command line. */
export interface OpenLedger extends LedgerCommands, LedgerOutputs, LedgerQuestions {
  readonly session: Session;
  /** The same ledger with somebody else acting. */
  as(actor: string): OpenLedger;
  /** Closes, and volumes, which are shaped like them. */
  readPrices(file: string, asked?: CsvAsked): Promise<PriceFile>;
  readMetadata(file: string): Promise<MetadataFile>;
  /** Looks at a portfolio as a worker does: waits, publishes, skips, holds or refuses by its policy. */
  reallocate(meta: string): Promise<Reallocation>;
  seal(): Promise<Sealing>;
  close(): Promise<void>;
}

export interface OpenOptions extends Partial<Settings> {
  readonly store: string;
  readonly create?: boolean;
  /** Whether a file that is there is replaced by what a method writes; left out, it is refused. */
  readonly overwrite?: boolean;
  /** Why a clock far ahead of the ledger is accepted once; it is recorded. */
  readonly acceptClockJump?: string;
}

/**
 * Opens the ledger in a store, and makes it when `create` says so. What writes looks at the ledger's format first and refuses one that a
 * newer build has raised (StoreTooNew); what only reads needs none. Errors: LedgerMissing, NotALedger, StoreBusy, StoreTooNew with
 * `create`; Usage for arguments that are not what they should be, here and in every method.
 */
export async function openLedger(options: OpenOptions): Promise<OpenLedger> {
  const flag = z.boolean().optional();
  const shape = { store: z.string().min(1), create: flag, overwrite: flag, acceptClockJump: z.string().min(1).optional() };
  checkArguments('openLedger', [z.looseObject(shape)], [options]);
  const { create = false, overwrite = false, acceptClockJump = null, ...flags } = options;
  const localUser = systemUser();
  const { settings } = resolveSettings(flags, {}, null, localUser.name ?? undefined);
  const tools = createTools({
    logLevel: settings.logLevel,
    isTerminal: false,
    workers: settings.workers ?? 0,
    cacheFolder: cacheFolder(settings),
    overwrite,
    kept: keptPlaces(settings),
  });
  const untimed = { ...tools, ...(await openStore(settings.store, create ? 'write' : 'read', tools.log)) };
  const ports = { ...untimed, time: timeOfLedger(untimed, settings, acceptClockJump) };
  const presentation = await createPresentationPorts();
  const others: EventStore[] = [];
  const opening: Opening['opening'] = async (location, mode) => {
    const opened = await openStore(location, mode, tools.log);
    others.push(opened.store);
    return opened;
  };
  const close = async (): Promise<void> => {
    for (const store of others) await store.close();
    await ports.compute.close();
    ports.letterKeys.close();
    await ports.store.close();
  };
  const inputs = new RecordedInputs(ports);
  const acting = (session: Session): OpenLedger => {
    const sealer = createSealer(session, settings);
    const writing = async (): Promise<Session> => {
      await beginWriting(session);
      return session;
    };
    const context: Opening = {
      settings,
      tools,
      opening,
      reading: async () => session,
      writing,
      examining: async () => ({ ports, integrity: ports.integrity }),
    };
    return withCheckedArguments({
      ...commandsOf(context),
      ...outputsOf(session, context, presentation),
      ...questionsOf(session, context),
      session,
      as: (actor) => acting({ ...session, actor }),
      readPrices: (file, asked) => ports.prices.readPrices(file, asked),
      readMetadata: (file) => ports.symbolFiles.readMetadata(file),
      reallocate: async (meta) => reallocate(await writing(), inputs, meta),
      seal: async () => {
        await writing();
        return sealer.seal();
      },
      close,
    });
  };
  const ledger = await openSession(ports, settings, create);
  return acting({ ports, ledger, actor: settings.actor, localUser, folds: new StreamFolds(ports.store) });
}
