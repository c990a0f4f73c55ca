import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Files } from '../../../handlers/ports/ports.ts';
import { createLog } from '../../../infra/system/log.ts';
import { writtenBy } from '../../../presentation/api/written.ts';

type Write = Files['writeWhole'];

const log = createLog('silent', false, { write: () => true });
const reader = (signal: AbortSignal = new AbortController().signal, headersOnly = false) => ({ signal, headersOnly, log });
const piece = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Pieces that note when they are taken and when nobody takes more. */
function pieces(heard: string[], texts: readonly (string | Error)[]): AsyncIterable<Uint8Array> {
  return (async function* () {
    try {
      for (const text of texts) {
        if (text instanceof Error) throw text;
        heard.push(text);
        yield piece(text);
      }
    } finally {
      heard.push('closed');
    }
  })();
}

async function read(body: Awaited<ReturnType<typeof writtenBy>>): Promise<string> {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  let text = '';
  for await (const part of body) text += new TextDecoder().decode(part);
  return text;
}

describe('what a verb writes', () => {
  test.each([['text', 'whole'] as const, ['bytes', piece('whole')] as const])('as %s is the answer', async (_, content) => {
    expect(await read(await writtenBy((write) => write('-', content), reader()))).toBe('whole');
  });

  test('piece by piece is taken only as fast as it is read', async () => {
    const heard: string[] = [];
    let isDone = false;
    const body = await writtenBy(async (write: Write) => {
      await write('-', pieces(heard, ['a', 'b', 'c']));
      isDone = true;
    }, reader());
    expect(heard).toEqual([]);
    const parts = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    await parts.next();
    expect([heard, isDone]).toEqual([['a'], false]);
    while ((await parts.next()).done !== true);
    await new Promise((resolve) => setImmediate(resolve));
    expect([heard, isDone]).toEqual([['a', 'b', 'c', 'closed'], true]);
  });

  test('is a refusal where the verb refuses before its first piece', async () => {
    const refused = writtenBy(async () => Promise.reject(new LedgerError('RunUnknown', 'none')), reader());
    await expect(refused).rejects.toMatchObject({ code: 'RunUnknown' });
  });

  test('breaks off where it fails later, so that nobody takes a part for the whole', async () => {
    const body = await writtenBy((write: Write) => write('-', pieces([], ['a', new Error('the disk is gone')])), reader());
    await expect(read(body)).rejects.toThrow('the disk is gone');
  });

  test('ends for the verb when the reader leaves, in the middle or before the beginning', async () => {
    const heard: string[] = [];
    const ended: unknown[] = [];
    const leaving = new AbortController();
    const performed = async (write: Write): Promise<void> => {
      await write('-', pieces(heard, ['a', 'b'])).catch((error: unknown) => void ended.push((error as LedgerError).code));
    };
    const body = (await writtenBy(performed, reader())) as AsyncGenerator<Uint8Array>;
    await body.next();
    await body.return(undefined);
    await writtenBy(performed, reader(leaving.signal));
    leaving.abort();
    await new Promise((resolve) => setImmediate(resolve));
    expect([heard, ended]).toEqual([
      ['a', 'closed'],
      ['Interrupted', 'Interrupted'],
    ]);
  });

  test('is begun and not read for who wants headers only', async () => {
    const heard: string[] = [];
    expect(await writtenBy((write: Write) => write('-', pieces(heard, ['a'])), reader(undefined, true))).toBe('');
    expect(heard).toEqual([]);
  });
});
