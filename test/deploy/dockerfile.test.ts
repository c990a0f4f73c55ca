import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { compose, repository } from '../support/compose-file.ts';

jest.setTimeout(60_000);

interface Instruction {
  readonly stage: string;
  readonly name: string;
  readonly rest: string;
}

const text = readFileSync(join(repository, 'Dockerfile'), 'utf8')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll('\\\n', ' ');
const instructions: Instruction[] = [];
for (const line of text.split('\n').filter((candidate) => candidate.trim() !== '')) {
  const [, name, rest] = /^([A-Z]+) +(.*)$/.exec(line)!;
  const stage = name === 'FROM' ? / AS ([a-z]+)$/.exec(rest!)![1]! : instructions.at(-1)!.stage;
  instructions.push({ stage, name: name!, rest: rest! });
}
const of = (stage: string, name: string): string[] =>
  instructions.filter((instruction) => instruction.stage === stage && instruction.name === name).map(({ rest }) => rest);
const stages = [...new Set(instructions.map(({ stage }) => stage))];

describe('the Dockerfile', () => {
  test('ends with the image of the ledger, and has each image that the compose file builds', () => {
    expect(stages.at(-1)).toBe('ledger');
    const targets = Object.values(compose.services).flatMap(({ build }) => (build === undefined ? [] : [build.target]));
    expect(targets.filter((target) => !stages.includes(target))).toEqual([]);
  });

  test('starts from images named by version, one Node for all', () => {
    const images = instructions.filter(({ name }) => name === 'FROM').map(({ rest }) => rest.split(' ')[0]!);
    for (const image of images) expect(image).toMatch(/^node:22\.\d+\.\d+-bookworm(-slim)?$/);
    expect(new Set(images.map((image) => image.replace('-slim', ''))).size).toBe(1);
  });

  test('runs as nobody in particular, with no compiler and no install in what runs', () => {
    for (const stage of ['certificates', 'ledger']) expect(of(stage, 'USER')).toEqual(['node']);
    expect(of('ledger', 'FROM')[0]).toContain('-slim ');
    expect(of('ledger', 'RUN').join(' ')).not.toMatch(/npm|apt/);
    expect(of('build', 'RUN').at(-1)).toContain('npm prune --omit=dev');
    expect(of('ledger', 'ENTRYPOINT')).toEqual(['["sleeve-ledger"]']);
    expect(of('ledger', 'HEALTHCHECK')[0]).toContain('/app/deploy/health-check.mjs');
  });

  test('copies what is there, which the engine is sent, and from stages before', () => {
    const ignore = readFileSync(join(repository, '.dockerignore'), 'utf8').split('\n');
    for (const { stage, rest } of instructions.filter(({ name }) => name === 'COPY')) {
      const from = /^--from=([a-z]+) /.exec(rest)?.[1];
      if (from !== undefined) {
        expect(stages.indexOf(from)).toBeLessThan(stages.indexOf(stage));
        continue;
      }
      for (const source of rest
        .split(' ')
        .slice(0, -1)
        .filter((word) => word !== '.git*')) {
        expect([source, existsSync(join(repository, source))]).toEqual([source, true]);
        expect([source, ignore.some((line) => line === `!${source}` || source.startsWith(`${line.slice(1)}/`))]).toEqual([source, true]);
      }
    }
  });
});

const copiesOf = (stage: string): string[] =>
  of(stage, 'COPY')
    .filter((rest) => !rest.startsWith('--from'))
    .flatMap((rest) => rest.split(' ').slice(0, -1));
const isCopied = (stage: string, path: string): boolean =>
  copiesOf(stage).some((copied) => copied === path || path.startsWith(`${copied}/`));

describe('the image has everything', () => {
  test('that is built: each folder of the compiler, and what the build script and the scripts of the package read', () => {
    const { include } = JSON.parse(readFileSync(join(repository, 'tsconfig.build.json'), 'utf8')) as { include: readonly string[] };
    expect(include.filter((path) => !isCopied('build', path))).toEqual([]);
    expect(include).toEqual(expect.arrayContaining(['domain', 'presentation']));
  });

  test('that the package ships', () => {
    const { files } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { files: readonly string[] };
    const fromBuild = of('ledger', 'COPY').filter((rest) => rest.startsWith('--from=build'));
    const missing = files.filter((path) => !isCopied('ledger', path) && !fromBuild.some((rest) => rest.includes(`/app/${path} `)));
    expect(missing).toEqual([]);
  });
});

describe('what the image runs', () => {
  let app: string;
  beforeAll(() => {
    app = mkdtempSync(join(tmpdir(), 'sleeve-ledger-image-'));
    const lock = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as { packages: Record<string, { dev?: boolean }> };
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(repository, file), join(app, file));
    // As `npm prune --omit=dev` leaves it: links to the packages that are not for development only.
    for (const [path, { dev }] of Object.entries(lock.packages)) {
      if (dev === true || !/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) || !existsSync(join(repository, path))) continue;
      mkdirSync(dirname(join(app, path)), { recursive: true });
      symlinkSync(join(repository, path), join(app, path));
    }
    execFileSync(process.execPath, ['--import', import.meta.resolve('tsx'), join(repository, 'bin/build.ts'), join(app, 'dist')]);
    for (const copied of of('ledger', 'COPY').filter((rest) => !rest.startsWith('--from'))) {
      const words = copied.split(' ');
      for (const source of words.slice(0, -1)) {
        const target = join(
          app,
          words.at(-1)!.replace(/^\/app\/?/, ''),
          source.includes('.') || source === 'LICENSE' ? source.split('/').at(-1)! : '',
        );
        mkdirSync(dirname(target), { recursive: true });
        execFileSync('cp', ['-r', join(repository, source), target]);
      }
    }
  });
  afterAll(() => rmSync(app, { recursive: true, force: true }));

  const run = (...words: string[]) =>
    spawnSync(process.execPath, [join(app, 'dist/bin/sleeve-ledger.js'), ...words], {
      encoding: 'utf8',
      cwd: app,
      env: { PATH: process.env['PATH'] },
    });

  test('starts without a development dependency, and knows its version', () => {
    const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string };
    expect(run('--version')).toMatchObject({ status: 0, stdout: `${version}\n` });
    expect(readdirSync(join(app, 'node_modules'))).not.toContain('jest');
    expect(compose.services['intake']!.image).toBe(`sleeve-ledger:${version}`);
  });

  test('has what its commands read of the package', () => {
    const { status, stdout, stderr } = run('doctor', '--json', '--store', join(app, 'ledger.sqlite'));
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  });

  test.each([
    [200, 0],
    [503, 1],
  ])('is asked for its health by its own script: %d gives %d', async (status, exit) => {
    const server = createServer((request, response) => response.writeHead(request.url === '/healthz' ? status : 404).end('{}\n'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const child = spawn(process.execPath, [join(app, 'deploy/health-check.mjs')], {
      env: { SLEEVE_LEDGER_HTTP: `0.0.0.0:${(server.address() as AddressInfo).port}` },
      stdio: 'ignore',
    });
    const [code] = await once(child, 'exit');
    server.close();
    expect(code).toBe(exit);
  });

  test('is unhealthy when nothing answers', () => {
    const [unanswered, unset] = ['0.0.0.0:9', ''].map((address) =>
      spawnSync(process.execPath, [join(repository, 'deploy/health-check.mjs')], {
        encoding: 'utf8',
        env: { SLEEVE_LEDGER_HTTP: address },
      }),
    );
    expect(unanswered!.status).toBe(1);
    expect(unset!.stderr).toBe('SLEEVE_LEDGER_HTTP names no port\n');
  });
});
