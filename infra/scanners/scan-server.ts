import { setTimeout as delay } from 'node:timers/promises';
import { bytesWithin } from '../../domain/shared/bounded-bytes.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { Posted, ScanServer } from '../../handlers/ports/ports.ts';

function addressOf(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : null;
  if (address !== null && (address.protocol === 'http:' || address.protocol === 'https:')) return address;
  throw new LedgerError('Usage', `--live ${url}: an address that begins with http:// or https://`, { at: { path: '--live' } });
}

async function textOf(response: Response, url: string): Promise<string> {
  const tooLarge = (): LedgerError =>
    new LedgerError('LimitExceeded', `${url}: an answer of more than ${limits.scanResponseBytesMax} bytes`, { at: { file: url } });
  return new TextDecoder().decode(await bytesWithin(response.body, limits.scanResponseBytesMax, tooLarge));
}

function retryAfterOf(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) : null;
}

async function post(url: string, body: string, timeoutMs: number): Promise<Posted> {
  const address = addressOf(url);
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
      // A server that sends elsewhere is not the one that was named.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await textOf(response, url);
    return { kind: 'answered', status: response.status, retryAfterSeconds: retryAfterOf(response.headers.get('retry-after')), text };
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    // A connection that breaks, and a body that ends before its length, come as one kind of failure.
    return { kind: 'failed', because: (error as { readonly name?: unknown }).name === 'TimeoutError' ? 'timeout' : 'closed' };
  }
}

/** Asks a server over HTTP, with a time limit for the whole answer. */
export function createScanServer(): ScanServer {
  return { post, wait: async (seconds, signal) => delay(seconds * 1_000, undefined, { signal }) };
}
