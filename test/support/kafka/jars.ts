import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const defaultKafkaVersion = '4.1.0';

/** Where the broker's jars are kept: `KAFKA_JARS`, or beside the packages. */
const cache = process.env['KAFKA_JARS'] ?? fileURLToPath(new URL('../../../node_modules/.cache/sleeve-ledger/', import.meta.url));
const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const fetchMsMax = 180_000;

const folderOf = (version: string): string => join(cache, `kafka-${version}`);

/** Fetches the jars into a folder; null, or why Maven could not. */
function whyNotFetched(version: string, folder: string): string | null {
  const words = ['-q', '-B', '-f', pom, `-Dkafka.version=${version}`, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
  const { status, signal, stdout, stderr } = spawnSync('mvn', words, { encoding: 'utf8', timeout: fetchMsMax });
  if (status === 0) return null;
  if (status === null) return signal === null ? 'mvn does not run' : `Maven was given up after ${fetchMsMax / 1_000} s`;
  const problem = `${stdout}${stderr}`.split('\n').find((line) => line.includes('[ERROR]')) ?? `it ended with ${status}`;
  return `Maven cannot fetch Kafka ${version}: ${problem.replace('[ERROR] ', '').slice(0, 200)}`;
}

/** Fetched once; several test processes may do so at the same time, and the first to finish wins. */
function whyNoJars(version: string): string | null {
  const folder = folderOf(version);
  if (existsSync(folder)) return null;
  mkdirSync(cache, { recursive: true });
  const fetched = mkdtempSync(join(cache, 'fetching-'));
  try {
    const why = whyNotFetched(version, fetched);
    if (why === null) renameSync(fetched, folder);
    return why;
  } catch (error) {
    if (!existsSync(folder)) throw error;
    return null;
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
}

/** Why no broker can be started here; null where Java runs and the jars are here, which they are once they have been asked for. */
export function whyNoBroker(): string | null {
  if (spawnSync('java', ['-version'], { stdio: 'ignore' }).status !== 0) return 'java does not run';
  return whyNoJars(defaultKafkaVersion);
}

/** Class path of the broker. */
export function classPath(version: string): string {
  const why = whyNoJars(version);
  if (why !== null) throw new Error(why);
  return join(folderOf(version), '*');
}
