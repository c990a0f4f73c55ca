import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeCertificates, type Certificates } from './certificates.ts';
import { classPath, defaultKafkaVersion } from './jars.ts';
import { serverProperties, type NodePorts } from './properties.ts';
import { answersAsCluster, freePort, until } from './ready.ts';

export interface KafkaOptions {
  readonly nodes?: 1 | 3;
  /** Clients log in; the broker knows every mechanism, the connection string names this one. */
  readonly sasl?: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  /** With certificates of a private authority; `mutual` asks clients for one, too. */
  readonly tls?: boolean | 'mutual';
  readonly version?: string;
  /** Further lines of `server.properties`. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface TestKafka {
  /** `host:port` of each node, for clients. */
  readonly brokers: readonly string[];
  /** As `--kafka` takes it, password and certificates included. */
  readonly connectionString: string;
  readonly certificates: Certificates | null;
  /** Ends a node, without goodbye unless another signal is given, and waits until it is gone. */
  kill(signal?: NodeJS.Signals, node?: number): Promise<void>;
  /** Starts a killed node on its own files and port, and waits until it is one of the cluster again. */
  restart(node?: number): Promise<void>;
  pause(node?: number): void;
  resume(node?: number): void;
  stop(): Promise<void>;
}

const user = { name: 'ledger', password: 'p@ss:word/1' };
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** One `java` with the broker's classes; what it says goes to `broker.log`. */
function startNode(libraries: string, folder: string): ChildProcess {
  const log = openSync(join(folder, 'broker.log'), 'a');
  const flags = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
  const child = spawn('java', [...flags, '-cp', libraries, 'kafka.Kafka', join(folder, 'server.properties')], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

const isUp = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

async function endNode(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (!isUp(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

function connectionString(brokers: readonly string[], options: KafkaOptions, certificates: Certificates | null): string {
  const words = [
    ...(certificates === null ? ['tls=false'] : [`ca=${encodeURIComponent(certificates.ca)}`]),
    ...(options.sasl === undefined ? [] : [`mechanism=${options.sasl}`]),
    ...(options.tls === 'mutual' && certificates !== null
      ? [`cert=${encodeURIComponent(certificates.clientCertificate)}`, `key=${encodeURIComponent(certificates.clientKey)}`]
      : []),
  ];
  const login = options.sasl === undefined ? '' : `${user.name}:${encodeURIComponent(user.password)}@`;
  return `kafka://${login}${brokers.join(',')}?${words.join('&')}`;
}

async function format(libraries: string, folder: string, cluster: string, withUser: boolean): Promise<void> {
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${user.name},password=${user.password}]`,
  ]);
  const words = ['format', '-t', cluster, '-c', join(folder, 'server.properties'), ...(withUser ? scram : [])];
  await promisify(execFile)('java', ['-Xmx64m', '-XX:TieredStopAtLevel=1', '-cp', libraries, 'kafka.tools.StorageTool', ...words]);
}

/** A real Apache Kafka in KRaft mode on free ports, in processes of its own; needs Java 17 and, the first time, Maven. */
export async function startKafka(options: KafkaOptions = {}): Promise<TestKafka> {
  const libraries = classPath(options.version ?? defaultKafkaVersion);
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sleeve-ledger-kafka-')));
  const certificates = options.tls === undefined || options.tls === false ? null : makeCertificates(root);
  const cluster = `k${randomBytes(16).toString('base64url').slice(1)}`;
  const ports: NodePorts[] = [];
  for (let node = 0; node < (options.nodes ?? 1); node++)
    ports.push({ client: await freePort(), inner: await freePort(), controller: await freePort() });
  const withUser = options.sasl !== undefined;
  const folders = ports.map((_, index) => join(root, `node-${index + 1}`));
  for (const [index, folder] of folders.entries()) {
    mkdirSync(folder);
    const setup = {
      id: index + 1,
      ports,
      logs: join(folder, 'logs'),
      certificates,
      mutual: options.tls === 'mutual',
      user: withUser ? user : null,
    };
    writeFileSync(join(folder, 'server.properties'), serverProperties(setup, options.properties ?? {}));
  }
  await Promise.all(folders.map((folder) => format(libraries, folder, cluster, withUser)));
  const children = folders.map((folder) => startNode(libraries, folder));
  const inner = ports.map((port) => `127.0.0.1:${port.inner}`);
  const ready = async (): Promise<void> => {
    const alive = children.filter(isUp).length;
    await until('the cluster answers', async () => {
      if (children.filter(isUp).length < alive)
        throw new Error(
          `a node ended:\n${folders.map((folder) => readFileSync(join(folder, 'broker.log'), 'utf8').slice(-2_000)).join('\n')}`,
        );
      return answersAsCluster(
        inner.filter((_, index) => isUp(children[index]!)),
        alive,
      );
    });
  };
  const brokers = ports.map(({ client }) => `127.0.0.1:${client}`);
  const stop = async (): Promise<void> => {
    await Promise.all(children.map((child) => endNode(child, 'SIGKILL')));
    rmSync(root, { recursive: true, force: true });
  };
  try {
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers,
    connectionString: connectionString(brokers, options, certificates),
    certificates,
    kill: (signal = 'SIGKILL', node = 0) => endNode(children[node]!, signal),
    restart: async (node = 0) => {
      children[node] = startNode(libraries, folders[node]!);
      await ready();
    },
    pause: (node = 0) => void children[node]!.kill('SIGSTOP'),
    resume: (node = 0) => void children[node]!.kill('SIGCONT'),
    stop,
  };
}
