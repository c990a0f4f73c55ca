import { LedgerError } from '../../domain/shared/errors.ts';
import type { MessageBroker } from '../../handlers/ports/ports.ts';
import type { Operations } from '../../handlers/roles/operations.ts';
import { loadedOnce } from '../../handlers/runtime/loaded-once.ts';
import type { OpenStore, StoreMode } from '../../handlers/runtime/open-store.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import type { Settings } from '../../handlers/runtime/settings.ts';
import type { Manner } from './begin-session.ts';
import type { Examined, Tools } from './verb.ts';
import type { World } from './world.ts';

/** Verbs that open no ledger load nothing of what one is read with. */
const sessions = loadedOnce(() => import('./begin-session.ts'));

/** Opens each thing once, and only when a verb asks for it. */
export class Opened {
  session: Session | null = null;
  wrote = false;
  #broker: MessageBroker | null = null;
  #operations: Operations | null = null;
  readonly #others = new Set<OpenStore>();
  readonly #world: World;
  readonly #settings: Settings;
  readonly #manner: Manner;
  readonly tools: Tools;

  constructor(world: World, tools: Tools, settings: Settings, manner: Manner) {
    this.#world = world;
    this.#settings = settings;
    this.#manner = manner;
    this.tools = tools;
  }

  async open(mode: StoreMode): Promise<Session> {
    this.wrote ||= mode === 'write';
    if (this.session !== null) {
      if (mode === 'write') await (await sessions()).beginWriting(this.session);
      return this.session;
    }
    return this.#begin(mode);
  }

  async #begin(mode: StoreMode): Promise<Session> {
    const session = await (await sessions()).beginSession(this.#world, this.tools, this.#settings, this.#manner, mode);
    this.session = session;
    return session;
  }

  /** Opens a store that may be damaged: nothing of it is believed, not even whose ledger it is. */
  async examine(): Promise<Examined> {
    const { integrity, ...opened } = await this.another(this.#settings.store, 'inspect');
    return { ports: { ...this.tools, ...opened }, integrity };
  }

  async another(location: string, mode: StoreMode): Promise<OpenStore> {
    const opened = await this.#world.openStore(location, mode, this.tools.log);
    this.#others.add(opened);
    return opened;
  }

  /** Closes one of those before the end. */
  async closing(opened: OpenStore): Promise<void> {
    this.#others.delete(opened);
    opened.letterKeys.close();
    await opened.store.close();
  }

  /** Errors: Usage without a connection; ConfigInvalid. */
  async broker(): Promise<MessageBroker> {
    const { kafka } = this.#settings;
    if (kafka === null) throw new LedgerError('Usage', '--kafka is needed: kafka://host:port', { at: { path: '--kafka' } });
    this.#broker ??= await this.#world.openBroker(kafka, this.tools.log);
    return this.#broker;
  }

  async operations(): Promise<Operations> {
    this.#operations ??= await this.#world.openOperations(this.tools.log);
    return this.#operations;
  }

  async close(): Promise<void> {
    await this.#broker?.close();
    await this.#operations?.close();
    await this.tools.compute.close();
    for (const opened of this.#others) await this.closing(opened);
    this.session?.ports.letterKeys.close();
    await this.session?.ports.store.close();
  }
}
