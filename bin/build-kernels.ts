/** Compiles `domain/risk/kernels/assembly` to WebAssembly and writes the code as a module, so that the domain reads no file. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const kernelModule = 'domain/risk/kernels/kernel-code.ts';

/** No relaxed SIMD, which may fuse a product with a sum, and nothing else that not every engine with SIMD has. */
const options =
  '-O3 --noAssert --runtime stub --initialMemory 1 --enable simd --disable bulk-memory,sign-extension,nontrapping-f2i,mutable-globals';

/** The module's text: the same for the same source and compiler. */
export function compiledKernels(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kernels-'));
  try {
    const file = join(folder, 'kernels.wasm');
    const compiler = 'node_modules/assemblyscript/bin/asc.js';
    execFileSync(process.execPath, [compiler, 'domain/risk/kernels/assembly/index.ts', '--outFile', file, ...options.split(' ')], {
      stdio: 'inherit',
    });
    const lines =
      readFileSync(file)
        .toString('base64')
        .match(/.{1,120}/g) ?? [];
    const text = lines.map((line) => `  '${line}',\n`).join('');
    return `/** Made by \`npm run build:kernels\`: WebAssembly, base64. */\nexport const kernelCode = [\n${text}].join('');\n`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1]?.endsWith('build-kernels.ts') === true) {
  const text = compiledKernels();
  // Replaced whole, and only by something new: tests may be reading it.
  if (!existsSync(kernelModule) || readFileSync(kernelModule, 'utf8') !== text) {
    writeFileSync(`${kernelModule}.new`, text);
    renameSync(`${kernelModule}.new`, kernelModule);
  }
}
