import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageFile } from '../../presentation/ports/ports.ts';

const compressedEnd = '.br';

/** The page as its build left it below a folder, each file with what was compressed of it; null where there is none. */
export async function readPage(folder: string): Promise<readonly PageFile[] | null> {
  if (!existsSync(join(folder, 'index.html'))) return null;
  const found = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const names = found.map((entry) =>
    join(entry.parentPath, entry.name)
      .slice(folder.length + 1)
      .replaceAll('\\', '/'),
  );
  const files: PageFile[] = [];
  for (const name of names.filter((one) => !one.endsWith(compressedEnd))) {
    const bytes = new Uint8Array(await readFile(join(folder, name)));
    const compressed = names.includes(`${name}${compressedEnd}`)
      ? new Uint8Array(await readFile(join(folder, `${name}${compressedEnd}`)))
      : null;
    files.push({ name, bytes, compressed, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  return files;
}
