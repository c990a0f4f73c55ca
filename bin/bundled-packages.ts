import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { sortedBy } from '../domain/shared/order.ts';
import { folderOfPackage, packageOf } from './bundle.ts';

/** Licences under which code may be shipped inside this package, as SPDX names them: each asks for its text to be kept, and for no more. */
export const allowedLicences: readonly string[] = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0'];

/** The list that ships with the bundle. */
export const licenceFile = 'bundled-packages.md';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** The text of its licence, and its notice where it has one. */
  readonly text: string;
}

/** Some packages say their licence only by its text. */
const namedByText: readonly (readonly [RegExp, string])[] = [
  [/Permission is hereby granted, free of charge/, 'MIT'],
  [/Permission to use, copy, modify, and(?:\/or)? distribute this software for any purpose/, 'ISC'],
];

function describe(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)(?:$|[.-])/i.test(file));
  const text = files
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim())
    .join('\n\n');
  const licence = typeof license === 'string' ? license : namedByText.find(([pattern]) => pattern.test(text))?.[1];
  if (licence === undefined || !allowedLicences.includes(licence))
    throw new Error(
      `${String(name)}: its licence is ${licence ?? 'not named'}, none of ${allowedLicences.join(', ')}: it cannot be bundled`,
    );
  return { name: String(name), version: String(version), licence, text };
}

/** Every package of which something was bundled, by name and version. Errors: a licence that is not allowed. */
export function packagesIn(root: string, metafiles: readonly Metafile[]): readonly BundledPackage[] {
  const folders = new Set<string>();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const input of Object.keys(inputs)) if (packageOf(input) !== null) folders.add(folderOfPackage(root, input));
    }
  }
  // One version may lie in several folders.
  const found = new Map([...folders].map(describe).map((described) => [`${described.name} ${described.version}`, described]));
  return sortedBy([...found], ([name]) => name).map(([, described]) => described);
}

export function licencePage(packages: readonly BundledPackage[]): string {
  const sections = packages.map(
    ({ name, version, licence, text }) =>
      `## ${name} ${version}\n\n${licence}\n${text === '' ? '' : `\n    ${text.replaceAll('\n', '\n    ')}\n`}`,
  );
  return `# Packages inside the bundle

Code of these packages is part of the files of \`bin/\`. Each is under its own licence, which is repeated here.

${sections.join('\n')}`;
}

/** What the bundle imports when it runs must be installed with it. Errors: a package that is no dependency. */
export function requireDeclared(root: string, metafiles: readonly Metafile[]): void {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  for (const { outputs } of metafiles) {
    for (const [file, { imports }] of Object.entries(outputs)) {
      for (const { path, external } of imports) {
        if (external !== true || isBuiltin(path) || path === '<runtime>') continue;
        const name = path
          .split('/')
          .slice(0, path.startsWith('@') ? 2 : 1)
          .join('/');
        if (!Object.hasOwn(dependencies, name) || !existsSync(join(root, 'node_modules', name)))
          throw new Error(`${file} imports ${name}, which is no dependency of this package`);
      }
    }
  }
}
