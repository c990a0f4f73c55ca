import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const defaultKafkaVersion = '4.1.0';

const cache = fileURLToPath(new URL('../../../node_modules/.cache/sleeve-ledger/', import.meta.url));
const pom = fileURLToPath(new URL('pom.xml', import.meta.url));

const folderOf = (version: string): string => join(cache, `kafka-${version}`);
const answers = (command: string, ...words: string[]): boolean => spawnSync(command, words, { stdio: 'ignore' }).status === 0;

/** Java runs, and the broker's jars are here or Maven can fetch them. */
export function kafkaCanRun(version: string): boolean {
  return answers('java', '-version') && (existsSync(folderOf(version)) || answers('mvn', '-v'));
}

/** Class path of the broker. Fetched once; several test processes may do so at the same time, and the first to finish wins. */
export function classPath(version: string): string {
  const folder = folderOf(version);
  if (!existsSync(folder)) {
    mkdirSync(dirname(folder), { recursive: true });
    const fetched = mkdtempSync(join(cache, 'fetching-'));
    execFileSync('mvn', ['-q', '-B', '-f', pom, `-Dkafka.version=${version}`, 'dependency:copy-dependencies', `-DoutputDirectory=${fetched}`], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    try {
      renameSync(fetched, folder);
    } catch (error) {
      rmSync(fetched, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
  }
  return join(folder, '*');
}
