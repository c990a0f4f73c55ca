import { offeredEndpoints } from '../presentation/api/api.ts';
import { documentEndpoint } from '../presentation/api/endpoints/document.ts';
import { sessionResource } from '../presentation/api/endpoints/session.ts';
import { identifying, type Recognising } from '../presentation/api/identifying.ts';
import { openApiDocument } from '../presentation/api/openapi.ts';
import { problemAnswer } from '../presentation/api/problem.ts';
import { resources } from '../presentation/api/resources/all.ts';
import type { ApiService } from '../presentation/api/service.ts';
import type { ApiServing, VerbContext } from '../presentation/cli/verb.ts';
import { loaded } from '../presentation/cli/verb.ts';
import { sealingWarnings } from '../presentation/cli/sealing.ts';
import { verbTable } from '../presentation/cli/verbs/all.ts';
import { LedgerError } from '../domain/shared/errors.ts';
import { beginWriting } from '../handlers/ledger/begin-writing.ts';
import type { Session } from '../handlers/runtime/session.ts';
import { createSealer } from '../handlers/ledger/sealer.ts';
import { providerOf } from '../handlers/runtime/provider-settings.ts';
import { type ApiServer, createApiServer } from '../infra/http/api-server.ts';
import { createIdentityProvider } from '../infra/oidc/identity-provider.ts';
import { codeInForce } from '../infra/system/code.ts';

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

/** Serves the ledger of a context: every question is answered by the verb that answers it at the command line. */
export async function serveApi(serving: ApiServing, context: VerbContext): Promise<ApiServer> {
  const session = await sessionOf(context);
  const sealer = createSealer(session, context.settings);
  const ending = new AbortController();
  const verbs = new Map(verbTable.map((entry) => [entry.path.join(' '), entry]));
  const service: ApiService = {
    session,
    verb: async (path) => loaded(verbs.get(path.join(' ')) ?? refuse()),
    contextFor: ({ name }, { signal }) => ({
      ...context,
      reading: async () => session,
      inspecting: async () => session,
      writing: async () => {
        await beginWriting(session);
        return { ...session, actor: name };
      },
      signal: AbortSignal.any([context.signal, signal]),
      broker: async () => refuse(),
      operations: async () => refuse(),
      witnessServer: async () => refuse(),
      apiServer: async () => refuse(),
      note: () => undefined,
      announce: () => undefined,
    }),
    ending: ending.signal,
    seal: async () => sealingWarnings(await sealer.seal()),
    ...identifying(session, { anybodyReads: serving.anybodyReads, provider: providerIn(context) }),
  };
  const offered = offeredEndpoints(service);
  const document = openApiDocument(offered, [...resources, sessionResource], codeInForce().version);
  const server = await createApiServer({
    address: serving.address,
    endpoints: [...offered.map(({ endpoint }) => endpoint), documentEndpoint(document)],
    hosts: serving.hosts,
    proxies: serving.proxies,
    tls: serving.tls,
    refusal: problemAnswer,
    log: session.ports.log,
  });
  return {
    url: server.url,
    close: () => {
      ending.abort();
      return server.close();
    },
  };
}
