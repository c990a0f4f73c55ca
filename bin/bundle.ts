import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

/**
 * Packages that stay packages: native, with files of their own that they look for, or loaded by a name that is worked out. Everything else
 * is bundled, and listed with its licence.
 */
export const packagesApart = [
  // Native.
  'better-sqlite3',
  // Start threads from files of their own.
  'pino',
  'piscina',
  // Read protocol definitions, and their own package.json, from where they lie.
  '@eventstore/db-client',
  '@grpc/grpc-js',
  'google-protobuf',
  // Instrumentation finds itself among the packages of the process.
  '@opentelemetry/*',
] as const;

/** Programs and modules that run by themselves: no two of them ever share a process, so each is bundled for itself. */
const entries = ['bin/sleeve-ledger.ts', 'bin/library.ts', 'bin/read-files.ts', 'bin/compute-jobs.ts'] as const;

/**
 * What is loaded together, lowest first. Each file costs about a millisecond to find, read and compile, so the code of the commands that
 * are called most is one file a layer, however many modules it has; what is left is divided by what needs it.
 */
const layers = {
  /** Any command line, its help and its errors. */
  calling: ['presentation/cli/program.ts', 'presentation/cli/verbs/all.ts', 'infra/system/code.ts', 'infra/tracing/ambient.ts'],
  /** Any verb. */
  performing: [
    'presentation/cli/perform.ts',
    'bin/adapters.ts',
    'presentation/cli/validation.ts',
    'presentation/cli/verbs/completion.ts',
    'presentation/cli/verbs/config.ts',
  ],
  /** Verbs that open a ledger in a file and ask it. */
  asking: [
    'presentation/cli/begin-session.ts',
    'bin/open-store.ts',
    'presentation/cli/verbs/status.ts',
    'presentation/cli/verbs/weights.ts',
    'presentation/cli/completion-names.ts',
  ],
} as const;
type Layer = keyof typeof layers;
const below: Readonly<Record<Layer, Layer | null>> = { calling: null, performing: 'calling', asking: 'performing' };

function layerOf(file: string): Layer {
  if (file === 'bin/command.ts') return 'calling';
  return (layers.performing as readonly string[]).includes(file) ? 'performing' : 'asking';
}

const imports = (names: readonly string[]): string => names.map((name) => `import ${JSON.stringify(name)};`).join('\n');

/** Lets each module of ours that is loaded when it is wanted begin with its layer, so that the bundler sees that it is always there. */
function layered(root: string): Plugin {
  return {
    name: 'layers',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^\.\.?\// }, ({ path, kind, resolveDir }) =>
        kind === 'dynamic-import' && !resolveDir.includes('node_modules') ? { path: join(resolveDir, path), namespace: 'wanted' } : null,
      );
      onLoad({ filter: /.*/, namespace: 'wanted' }, ({ path }) => {
        const file = path.slice(root.length + 1);
        return { contents: `import 'layer:${layerOf(file)}';\nexport * from './${file}';`, resolveDir: root, loader: 'ts' };
      });
      onResolve({ filter: /^layer:/ }, ({ path }) => ({ path: path.slice('layer:'.length), namespace: 'layer' }));
      onLoad({ filter: /.*/, namespace: 'layer' }, ({ path }) => {
        const lower = below[path as Layer];
        const files = layers[path as Layer].map((file) => `./${file}`);
        return { contents: imports([...(lower === null ? [] : [`layer:${lower}`]), ...files]), resolveDir: root, loader: 'ts' };
      });
    },
  };
}

/** A namespace is taken apart by the bundler, an object that holds one is not: of zod, its fifty languages are left out. */
const namespacedZod: Plugin = {
  name: 'zod',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/, namespace: 'file' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/^import \{ z \} from 'zod';$/m, "import * as z from 'zod';"),
      loader: 'ts',
    })),
};

/** Bundles every entry into `folder`/bin, with source maps; answers what went into what. */
export async function bundle(root: string, folder: string): Promise<readonly Metafile[]> {
  const metafiles: Metafile[] = [];
  for (const entry of entries) {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outdir: folder,
      outbase: '.',
      // Beside the entries: the name of a worker is relative to the module that asks for it.
      chunkNames: 'bin/[name]-[hash]',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      external: [...packagesApart],
      plugins: [...(entry === 'bin/sleeve-ledger.ts' ? [layered(root)] : []), namespacedZod],
      // Names stay: errors and stacks are read by people.
      minifyWhitespace: true,
      minifySyntax: true,
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'none',
      // CommonJS that is bundled asks for modules of Node as it always did.
      banner: { js: "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);" },
      metafile: true,
      logLevel: 'warning',
    });
    metafiles.push(metafile);
  }
  return metafiles;
}

/** Name of the package that an input of a metafile belongs to; null for a file of ours. */
export function packageOf(input: string): string | null {
  const at = input.lastIndexOf('node_modules/');
  if (at < 0) return null;
  const [scope = '', name = ''] = input.slice(at + 'node_modules/'.length).split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

/** Folder of that package. */
export function folderOfPackage(root: string, input: string): string {
  const name = packageOf(input)!;
  const at = input.lastIndexOf('node_modules/');
  return join(root, input.slice(0, at), 'node_modules', name);
}
