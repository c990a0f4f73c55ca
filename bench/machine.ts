import { readFileSync, statfsSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

/** Above this load average other work was going on beside the benchmark. */
export const loadMax = 0.7;

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  /** Load averaged over a minute when the run began. */
  readonly load: number;
}

export function machineInUse(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGigabytes: totalmem() / 1024 / 1024 / 1024,
    system: `${type()} ${release()} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
    load: loadavg()[0]!,
  };
}

const fileSystems: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x01021994: 'tmpfs (nothing on it is durable)',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x794c7630: 'overlayfs',
  0x1a: 'apfs',
};

/** What the files of a benchmark stand on; decides what a flush costs. */
export function fileSystemOf(directory: string): string {
  const number = statfsSync(directory).type;
  return fileSystems[number] ?? `0x${number.toString(16)}`;
}

/** Versions of packages as they are installed. */
export function installedVersions(root: string, packages: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    packages.map((name) => [
      name,
      (JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version,
    ]),
  );
}
