import { join } from 'node:path';
import { apiDocument, offeredEndpoints } from '../presentation/api/api.ts';
import { documentEndpoints } from '../presentation/api/endpoints/document.ts';
import { identifying, type Recognising } from '../presentation/api/identifying.ts';
import { pageEndpoints } from '../presentation/api/endpoints/page.ts';
import { problemAnswer } from '../presentation/api/problem.ts';
import { Protection } from '../presentation/api/protection.ts';
import type { ApiService, ContextChanges } from '../presentation/api/service.ts';
import type { ApiServing, VerbContext } from '../presentation/cli/verb.ts';
import { loaded } from '../presentation/cli/verb.ts';
import { sealingWarnings } from '../presentation/cli/sealing.ts';
import { verbTable } from '../presentation/cli/verbs/all.ts';
import { LedgerError } from '../domain/shared/errors.ts';
import { beginWriting } from '../handlers/ledger/begin-writing.ts';
import type { Session } from '../handlers/runtime/session.ts';
import { PortfolioNews } from '../handlers/live/portfolio-news.ts';
import { RowsAhead } from '../handlers/read-models/rows-ahead.ts';
import { interruptiblePorts } from '../handlers/runtime/interruptible-ports.ts';
import type { OpenStore } from '../handlers/runtime/open-store.ts';
import { createSealer } from '../handlers/ledger/sealer.ts';
import { providerOf } from '../handlers/runtime/provider-settings.ts';
import { SealSoon } from '../handlers/ledger/seal-soon.ts';
import { type ApiServer, createApiServer } from '../infra/http/api-server.ts';
import { createIdentityProvider } from '../infra/oidc/identity-provider.ts';
import { readPage } from '../infra/http/page-files.ts';
import { codeInForce, packageRootOf } from '../infra/system/code.ts';
import { filesAndTables } from './adapters.ts';

function refuse(): never {
  throw new LedgerError('Internal', 'a verb of the API asked for what the API has not');
}

/** Whose tokens are taken beside those of the ledger. Errors: ConfigInvalid. */
function providerIn({ settings }: VerbContext): Recognising['provider'] {
  const trust = providerOf(settings);
  return trust === null ? null : { trust, tokens: createIdentityProvider(trust) };
}

/** A store that cannot be written is served all the same: it can be asked. */
async function sessionOf(context: VerbContext): Promise<Session> {
  try {
    return await context.writing();
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'StoreReadOnly') return context.reading();
    throw error;
  }
}

/** The same ledger, whose rows are read as soon as they are folded: whoever asks does not wait for those who write. */
function withRowsAhead(session: Session): { readonly session: Session; readonly rows: RowsAhead } {
  const { log, readModels } = session.ports;
  const rows = new RowsAhead(readModels, { log });
  return { session: { ...session, ports: { ...session.ports, readModels: rows } }, rows };
}

/** The ledger and its surroundings as one request sees them. */
function changedContext(
  { tools, settings }: VerbContext,
  session: Session,
  { files, settings: changed }: ContextChanges,
): Pick<VerbContext, 'tools' | 'settings'> & { readonly seen: Session } {
  const own = files === undefined ? {} : filesAndTables(files(tools.files));
  const seen = files === undefined ? session : { ...session, ports: { ...session.ports, ...own } };
  return {
    tools: { ...tools, ...own },
    settings: { ...settings, ...changed },
    seen,
  };
}

/** Contexts in which verbs run for one request each. */
function requestContexts(session: Session, context: VerbContext): Pick<ApiService, 'contextFor' | 'release'> {
  /** Stores that were opened anew for a request, to verify them. */
  const examined = new WeakMap<VerbContext, readonly OpenStore[]>();
  return {
    // A server that closes closes its connections, and the signal of a request ends with them. Joined with that of the process it would be
    // held as long as the process.
    contextFor: ({ name }, { signal }, changes = {}) => {
      const { tools, settings, seen } = changedContext(context, session, changes);
      const asked = { ...seen, ports: interruptiblePorts(seen.ports, signal) };
      const requested: VerbContext = {
        ...context,
        tools,
        settings,
        reading: async () => asked,
        inspecting: async () => asked,
        examining: async () => {
          const found = await context.opening(context.settings.store, 'inspect');
          examined.set(requested, [...(examined.get(requested) ?? []), found]);
          const { integrity, ...opened } = found;
          return { ports: interruptiblePorts({ ...context.tools, ...opened }, signal), integrity };
        },
        writing: async () => {
          await beginWriting(session);
          return { ...seen, actor: name };
        },
        signal,
        broker: async () => refuse(),
        operations: async () => refuse(),
        witnessServer: async () => refuse(),
        apiServer: async () => refuse(),
        note: () => undefined,
        announce: () => undefined,
      };
      return requested;
    },
    release: async (requested) => {
      const opened = examined.get(requested) ?? [];
      examined.delete(requested);
      for (const one of opened) await context.closing(one);
    },
  };
}

/** Where the page lies that is shipped with this build. */
function shippedPage(): string {
  return join(packageRootOf(import.meta.dirname), 'dist/web');
}

/**
 * Serves the ledger of a context: every question is answered by the verb that answers it at the command line. Beside them the page, from
 * its folder.
 */
export async function serveApi(serving: ApiServing, context: VerbContext, page: string = shippedPage()): Promise<ApiServer> {
  const { session, rows } = withRowsAhead(await sessionOf(context));
  const sealer = createSealer(session, context.settings);
  const ending = new AbortController();
  const sealSoon = new SealSoon(sealer, session.ports.log);
  const { kafka } = context.settings;
  const verbs = new Map(verbTable.map((entry) => [entry.path.join(' '), entry]));
  const service: ApiService = {
    session,
    verb: async (path) => loaded(verbs.get(path.join(' ')) ?? refuse()),
    ...requestContexts(session, context),
    settings: context.settings,
    deadLetters: kafka === null ? null : (await context.broker()).sink,
    sealSoon: () => sealSoon.due(),
    seal: async () => {
      const unsealed = sealingWarnings(await sealer.seal());
      // Where witnesses stand is a matter of this machine.
      if (unsealed.length > 0) session.ports.log.warn({ unsealed }, 'not every witness has taken a seal');
      return unsealed.length === 0 ? [] : ['not every witness has taken the seal; the log of the server says which'];
    },
    ending: ending.signal,
    ...identifying(session, { anybodyReads: serving.anybodyReads, provider: providerIn(context) }),
    news: new PortfolioNews(session.ports.store),
    protection: new Protection(session.ports.crypto.sha256Hex),
  };
  const offered = offeredEndpoints(service);
  const document = apiDocument(offered, codeInForce().version);
  const server = await createApiServer({
    address: serving.address,
    endpoints: [
      ...offered.map(({ endpoint }) => endpoint),
      ...documentEndpoints(document, session.ports.crypto),
      ...pageEndpoints(await readPage(page)),
    ],
    hosts: serving.hosts,
    proxies: serving.proxies,
    tls: serving.tls,
    refusal: problemAnswer,
    log: session.ports.log,
  });
  return {
    url: server.url,
    close: async () => {
      ending.abort();
      await server.close();
      await sealSoon.finish();
      await rows.finish();
    },
  };
}
