#!/usr/bin/env node
import { codeInForce } from '../infra/system/code.ts';
import { keepCompiled } from '../infra/system/compile-cache.ts';

// Maps are read with the code that they are of, which takes time: for a stack that somebody asked to see.
if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true);
keepCompiled(codeInForce().version);

// What comes before is not kept compiled, and has no map.
await import('./command.ts');
