import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigFile } from '../../domain/scan/config-file.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { Files, ScannerFiles } from '../../handlers/ports/ports.ts';
import { yamlTree } from './yaml-tree.ts';

/** Regular YAML files below a folder, by their path in it. Links are left out: nothing outside the folder is read. */
async function yamlPaths(root: string, below: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await readdir(join(root, below))).toSorted(byCodeUnits)) {
    const path = below === '' ? name : `${below}/${name}`;
    const status = await lstat(join(root, path));
    if (status.isDirectory()) found.push(...(await yamlPaths(root, path)));
    else if (status.isFile() && /\.ya?ml$/.test(name)) found.push(path);
    if (found.length > limits.scannerFilesMax)
      throw new LedgerError('LimitExceeded', `${root}: more than ${limits.scannerFilesMax} scanner files`, { at: { file: root } });
  }
  return found;
}

function parsedFile(text: string, path: string): ConfigFile {
  try {
    return { path, tree: yamlTree(text, path) };
  } catch (error) {
    if (error instanceof LedgerError) return { path, broken: error };
    throw error;
  }
}

/** Reads a folder of scanners; a file that does not parse is kept as broken, and refused when somebody asks for it. */
export function createScannerFiles(files: Pick<Files, 'readText' | 'list'>): ScannerFiles {
  return {
    readScanners: async (root) => {
      await files.list(root);
      const read = new Map<string, ConfigFile>();
      let length = 0;
      for (const path of await yamlPaths(root, '')) {
        const text = await files.readText(join(root, path), limits.scannerFileBytesMax);
        length += text.length;
        if (length > limits.scannerFolderBytesMax)
          throw new LedgerError('LimitExceeded', `${root}: more than ${limits.scannerFolderBytesMax} bytes of scanners`, {
            at: { file: root },
          });
        read.set(path, parsedFile(text, path));
      }
      return read;
    },
  };
}
