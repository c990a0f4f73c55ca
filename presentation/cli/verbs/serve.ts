import { LedgerError } from '../../../domain/shared/errors.ts';
import { isLoopback } from '../../../domain/shared/loopback.ts';
import { untilAborted } from '../../../handlers/runtime/interruption.ts';
import { redacted } from '../../../handlers/runtime/settings.ts';
import { isSet, listFlag, textFlag } from '../flags.ts';
import { type ApiServing, lines, type Outcome, type VerbCode, type VerbContext, type VerbInput } from '../verb.ts';

export const standardPort = 8470;
const standardAddress = `127.0.0.1:${standardPort}`;

function refuse(message: string, path: string): never {
  throw new LedgerError('Usage', message, { at: { path } });
}

async function tlsOf({ tools }: VerbContext, { flags }: VerbInput): Promise<ApiServing['tls']> {
  const [certificate, key] = [textFlag(flags, 'tlsCertificate'), textFlag(flags, 'tlsKey')];
  if (certificate === null && key === null) return null;
  if (certificate === null) refuse('--tls-key needs --tls-certificate', '--tls-certificate');
  if (key === null) refuse('--tls-certificate needs --tls-key', '--tls-key');
  return { certificate: await tools.files.readText(certificate), key: await tools.files.readText(key) };
}

/** Errors: Usage for what would show the ledger to whoever can listen. */
async function servingOf(context: VerbContext, input: VerbInput): Promise<ApiServing> {
  const { flags } = input;
  const address = textFlag(flags, 'listen') ?? standardAddress;
  if (!/:\d{1,5}$/.test(address)) refuse(`${address}: an address has the form HOST:PORT`, '--listen');
  const tls = await tlsOf(context, input);
  const isLocal = isLoopback(address.slice(0, address.lastIndexOf(':')));
  const anybodyReads = isSet(flags, 'anybodyReads');
  const proxies = listFlag(flags, 'behindProxy');
  if (!isLocal && tls === null && proxies.length === 0)
    refuse(
      `${address} is reached by other machines: give --tls-certificate and --tls-key, or name the proxy that has them with --behind-proxy`,
      '--listen',
    );
  const hosts = listFlag(flags, 'listenHosts');
  // What stands in front on the same machine connects by loopback, whoever asks it.
  if (anybodyReads && (!isLocal || proxies.length > 0 || hosts.length > 0))
    refuse('--anybody-reads is for loopback only, with no proxy in front and under no other name', '--anybody-reads');
  return { address, hosts, tls, proxies, anybodyReads };
}

/** Serves until the verb is stopped. */
export async function served(context: VerbContext, serving: ApiServing): Promise<Outcome> {
  const server = await context.apiServer(serving);
  const { store } = context.settings;
  context.announce(`Serving ${redacted(store)} at ${server.url} (${server.url}/v1/openapi.json says how it is asked). Stop with Ctrl-C.`);
  await untilAborted(context.signal);
  await server.close();
  return { result: { url: server.url }, people: [lines('No longer served.')] };
}

export const serve: VerbCode = {
  flags: [
    { flags: '--listen <address>', summary: `HOST:PORT to serve at (default ${standardAddress})` },
    { flags: '--listen-hosts <names>', summary: 'names under which it is asked for, behind commas, beside loopback and its own address' },
    { flags: '--tls-certificate <file>', summary: 'certificate as PEM, with those between it and its authority' },
    { flags: '--tls-key <file>', summary: 'its key as PEM' },
    {
      flags: '--behind-proxy <addresses>',
      summary:
        'addresses or nets, with commas between them, of proxies that have TLS: their X-Forwarded-Proto, -Host and -For count, and ' +
        'others need TLS here',
    },
    { flags: '--kafka <connection>', summary: 'also send the dead letters of results that come by HTTP' },
    { flags: '--on-poison <policy>', summary: 'hold, or supersede: a newer valid result frees its sleeve' },
    { flags: '--anybody-reads', summary: 'whoever can connect may read without a token; on loopback only' },
  ],
  examples: [
    'sleeve-ledger serve --anybody-reads',
    'sleeve-ledger serve --listen 0.0.0.0:8443 --listen-hosts ledger.example --tls-certificate ledger.pem --tls-key ledger.key',
    'sleeve-ledger serve --listen 127.0.0.1:8470 --listen-hosts ledger.example --behind-proxy 127.0.0.1',
  ],
  writes: false,
  sealsItself: true,
  outlivesStore: () => true,
  run: async (context, input) => served(context, await servingOf(context, input)),
};
