import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compose, composeCommand, composeText, repository, variablesOf } from '../support/compose-file.ts';
import { needs } from '../support/needs.ts';

const services = Object.entries(compose.services);
const mounting = (volume: string): string[] =>
  services.filter(([, service]) => service.volumes?.some((mount) => mount.startsWith(`${volume}:`))).map(([name]) => name);
const isOneShot = (restart: string): boolean => restart === 'no';

describe('the services of docker-compose.yml', () => {
  test('are those of a whole installation, with two that share the reaction', () => {
    expect(Object.keys(compose.services).toSorted()).toEqual([
      'certificates',
      'define',
      'eventstore',
      'eventstore-user',
      'intake',
      'kafka',
      'reaction',
      'sealer',
    ]);
    expect(compose.services['reaction']!.deploy).toEqual({ replicas: 2 });
  });

  test.each(services)('%s has a health check and comes back, or runs once', (_name, service) => {
    if (isOneShot(service.restart)) expect(service.healthcheck?.test).toBeUndefined();
    else expect([service.restart, service.healthcheck!.test![0]]).toEqual(['unless-stopped', 'CMD']);
  });

  test.each(services)('%s runs as nobody in particular, without capabilities, on a root it cannot write', (_name, service) => {
    expect(service).toMatchObject({ user: '1000:1000', read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
  });

  test.each(services)('%s names its image by version', (_name, { image }) => {
    expect(image).toMatch(/^[a-z0-9/.-]+:\d+\.\d+\.\d+(-[a-z]+)?$/);
  });

  test.each(services)('%s waits only for services that are there, until they have done or are healthy', (_name, service) => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(condition).toBe(isOneShot(compose.services[other]!.restart) ? 'service_completed_successfully' : 'service_healthy');
    }
  });

  test('publish nothing but on the loopback address', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(composeText).not.toMatch(/network_mode: host|privileged|docker\.sock/);
  });

  test("let no server see another's key, and give the signing key to those that sign", () => {
    expect(mounting('authority')).toEqual(['certificates']);
    expect(mounting('eventstore-certificates')).toEqual(['certificates', 'eventstore']);
    expect(mounting('kafka-certificates')).toEqual(['certificates', 'kafka']);
    expect(mounting('keys')).toEqual(['define', 'sealer']);
    expect(compose.services['certificates']!.network_mode).toBe('none');
  });

  test('mount each declared volume somewhere, and no other by name', () => {
    const named = services
      .flatMap(([, service]) => service.volumes ?? [])
      .map((mount) => mount.split(':')[0]!)
      .filter((source) => /^[a-z]/.test(source));
    expect([...new Set(named)].toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
  });

  test('give EventStoreDB room for the largest append, and what the ledger counts with it', () => {
    expect(Number(compose.services['eventstore']!.environment!['EVENTSTORE_MAX_APPEND_SIZE'])).toBe(2 * 1024 * 1024);
  });
});

describe('the secrets of docker-compose.yml', () => {
  const variables = variablesOf(composeText);

  test('have no default: without them nothing starts', () => {
    for (const [name, rest] of variables)
      expect([name, rest]).toEqual([name, name === 'OTEL_EXPORTER_OTLP_ENDPOINT' ? ':-' : ':?see .env.example']);
    expect([...variables.keys()].filter((name) => name.endsWith('PASSWORD'))).toHaveLength(5);
  });

  test('are listed in .env.example, each empty', () => {
    const lines = readFileSync(join(repository, '.env.example'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines.toSorted()).toEqual([...variables.keys()].map((name) => `${name}=`).toSorted());
  });

  test('are not switched around: nothing says insecure, plaintext or without TLS', () => {
    const texts = [
      'docker-compose.yml',
      'Dockerfile',
      '.env.example',
      'deploy/start-kafka.sh',
      'deploy/make-certificates.sh',
      'deploy/make-eventstore-user.mjs',
      'deploy/health-check.mjs',
    ];
    const unsafe =
      /insecure|plaintext|tls=false|changeit|rejectUnauthorized|TLS_REJECT|endpoint\.identification\.algorithm=\s|--no-check|ANONYMOUS/i;
    for (const file of texts) {
      const found = unsafe.exec(readFileSync(join(repository, file), 'utf8'));
      expect([file, found?.[0]]).toEqual([file, undefined]);
    }
  });
});

needs('compose').describe('Compose itself', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sleeve-ledger-compose-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const names = [...variablesOf(composeText).keys()];
  function run(values: Readonly<Record<string, string>>, ...words: string[]): string {
    const [program, ...first] = composeCommand()!;
    const file = join(folder, 'env');
    writeFileSync(
      file,
      Object.entries(values)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    const environment = { PATH: process.env['PATH'], HOME: folder };
    return execFileSync(program!, [...first, '--env-file', file, '-f', join(repository, 'docker-compose.yml'), ...words], {
      encoding: 'utf8',
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
  const filled = Object.fromEntries(
    names.map((name) => [name, name.startsWith('LEDGER') ? `./${name.toLowerCase()}` : name.startsWith('OTEL') ? '' : `0123456789${name}`]),
  );

  test('accepts the file and finds every service', () => {
    expect(run(filled, 'config', '--services').trim().split('\n').toSorted()).toEqual(Object.keys(compose.services).toSorted());
    expect(run(filled, 'config')).toContain('esdb://ledger:0123456789EVENTSTORE_LEDGER_PASSWORD@eventstore:2113?tlsCAFile=');
  });

  test.each(names.filter((name) => !name.startsWith('OTEL')))('refuses to start without %s, or with nothing in it', (name) => {
    const { [name]: _left, ...others } = filled;
    expect(() => run(others, 'config')).toThrow(/see \.env\.example/);
    expect(() => run({ ...filled, [name]: '' }, 'config')).toThrow(/see \.env\.example/);
  });
});
