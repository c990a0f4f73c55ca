import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

/** Files of a recording that are larger are kept packed: text and databases shrink to a fifth. */
const plainBytesMax = 40_000;
const packed = '.gz';
const packedAnyway = /\.(?:zip|parquet)$/;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

export function pack(folder: string): void {
  for (const file of filesBelow(folder).filter((name) => statSync(name).size > plainBytesMax && !packedAnyway.test(name))) {
    writeFileSync(`${file}${packed}`, gzipSync(readFileSync(file), { level: 9 }));
    rmSync(file);
  }
}

/** Copies a recording to a folder that is not there yet, every file under its own name again. */
export function unpack(recording: string, target: string): void {
  cpSync(recording, target, { recursive: true });
  for (const file of filesBelow(target).filter((name) => name.endsWith(packed))) {
    writeFileSync(file.slice(0, -packed.length), gunzipSync(readFileSync(file)));
    rmSync(file);
  }
}
