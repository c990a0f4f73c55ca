/**
 * Two sessions sealed at once and wrote the checkpoint of the same size. The second looked at the file, which the first then replaced, and
 * at where its name leads: that was another file by now, and it ended with OutputNotAFile as if the file had no name.
 */
import { closeSync, openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createFiles } from '../../infra/files/node-files.ts';
import { scratchDirectory } from '../support/scratch.ts';

const directory = scratchDirectory();
const files = createFiles(null, { replaces: true, kept: { files: [], folders: [] } });

test('writers that replace one file at the same time all succeed, and one of them is read', async () => {
  const file = join(directory, 'note.txt');
  const writers = ['a', 'b', 'c', 'd', 'e', 'f'];
  await Promise.all(
    writers.map(async (writer) => {
      for (let count = 0; count < 60; count++) await files.writeWhole(file, writer);
    }),
  );
  expect(writers).toContain(readFileSync(file, 'utf8'));
});

test('a descriptor of a file that has no name any more is still refused', async () => {
  const file = join(directory, 'gone.txt');
  writeFileSync(file, 'x');
  const descriptor = openSync(file, 'r+');
  unlinkSync(file);
  await expect(files.writeWhole(`/proc/self/fd/${descriptor}`, 'y')).rejects.toMatchObject({ code: 'OutputNotAFile' });
  closeSync(descriptor);
});
