import { offeredEndpoints } from '../presentation/api/api.ts';
import { documentEndpoint } from '../presentation/api/endpoints/document.ts';
import { identifying } from '../presentation/api/identifying.ts';
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
import { createSealer } from '../handlers/ledger/sealer.ts';
import { SealSoon } from '../handlers/ledger/seal-soon.ts';
import { type ApiServer, createApiServer } from '../infra/http/api-server.ts';
import { codeInForce } from '../infra/system/code.ts';

function refuse(): never {
  throw new LedgerError('Internal', 'a verb of the API asked for what the API has not');
}

/** Serves the ledger of a context: every question is answered by the verb that answers it at the command line. */
export async function serveApi(serving: ApiServing, context: VerbContext): Promise<ApiServer> {
  const session = await context.writing();
  const sealer = createSealer(session, context.settings);
  const sealSoon = new SealSoon(sealer, session.ports.log);
  const { kafka } = context.settings;
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
    settings: context.settings,
    deadLetters: kafka === null ? null : (await context.broker()).sink,
    seal: async () => sealingWarnings(await sealer.seal()),
    sealSoon: () => sealSoon.due(),
    identify: identifying(session, serving),
  };
  const offered = offeredEndpoints(service);
  const document = openApiDocument(offered, resources, codeInForce().version);
  const server = await createApiServer({
    address: serving.address,
    endpoints: [...offered.map(({ endpoint }) => endpoint), documentEndpoint(document)],
    hosts: serving.hosts,
    tls: serving.tls,
    refusal: problemAnswer,
    log: session.ports.log,
  });
  return {
    url: server.url,
    close: async () => {
      await server.close();
      await sealSoon.finish();
    },
  };
}
