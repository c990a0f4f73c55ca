import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createProgress } from '../../../infra/system/progress.ts';

beforeAll(async () => void (await import('cli-progress')));

const done = (): boolean => true;

/** A terminal that keeps what is written. */
function screen() {
  let text = '';
  const sink = new Writable({ write: (chunk: Buffer, _, written) => ((text += chunk.toString()), written()) });
  Object.assign(sink, { isTTY: true, columns: 80, cursorTo: done, clearLine: done, moveCursor: done, clearScreenDown: done });
  return { stream: sink, text: () => text };
}

describe('progress on a terminal', () => {
  test('begins where the work has got to by then, and shows no control character of its label', async () => {
    const { stream, text } = screen();
    const progress = createProgress(true, stream);
    progress.start('win\ndows', 10);
    progress.advance(4);
    await sleep(20);
    expect(text()).toMatch(/win\\u000adows \[.{30}\] 4\/10/);
    progress.stop();
  });

  test('is not drawn for work that is over before, and for the next one only', async () => {
    const { stream, text } = screen();
    const progress = createProgress(true, stream);
    progress.start('one', 1);
    progress.stop();
    await sleep(20);
    expect(text()).toBe('');
    progress.start('two', 2);
    progress.start('three', 3);
    await sleep(20);
    progress.stop();
    expect([text().includes('two'), text().includes('three')]).toEqual([false, true]);
  });

  test('that nobody started says nothing', () => {
    const { stream, text } = screen();
    const progress = createProgress(true, stream);
    progress.advance(3);
    progress.stop();
    expect(text()).toBe('');
  });
});
