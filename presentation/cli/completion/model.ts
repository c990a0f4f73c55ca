import type { Option } from 'commander';
import { apiRoles } from '../../../domain/people/api-roles.ts';
import { riskProfileSchema } from '../../../domain/risk/schemas.ts';
import { runKinds } from '../../../domain/run/run-kind.ts';
import { reportForms } from '../../report/report-forms.ts';
import { tableFormats } from '../../../domain/shared/table-formats.ts';
import { roleNames } from '../../../handlers/roles/work.ts';
import { commonOptions, optionsOf } from '../command-tree.ts';
import type { Verb } from '../verb.ts';
import { groupSummaries } from '../verbs/groups.ts';
import type { AskedKind } from '../asked-kinds.ts';
import { shells } from '../shells.ts';

/** What may stand behind a flag or as an argument. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'asked'; readonly what: AskedKind }
  | { readonly kind: 'files' }
  | { readonly kind: 'none' };

export interface CompletedFlag {
  readonly name: string;
  readonly summary: string;
  /** Null for a flag without a value. */
  readonly values: Values | null;
}

/** A place on the command line: a group with its words, or a verb with its flags. */
export interface Place {
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly summary: string }[];
  readonly flags: readonly CompletedFlag[];
  readonly argument: Values;
}

export interface CompletionModel {
  readonly places: readonly Place[];
  readonly commonFlags: readonly CompletedFlag[];
}

const words = (...list: readonly string[]): Values => ({ kind: 'words', words: list });
const asked = (what: AskedKind): Values => ({ kind: 'asked', what });

const byFlag: Readonly<Record<string, Values>> = {
  '--risk': words(...riskProfileSchema.options, 'all'),
  '--kind': words(...runKinds),
  '--format': words(...tableFormats),
  '--only': words(...reportForms),
  '--join': words('compound', 'drop'),
  '--projection': words('euclidean', 'proportional'),
  '--repair': words('drop-off-calendar'),
  '--role': words(...apiRoles),
  '--roles': words(...roleNames),
  '--on-poison': words('hold', 'supersede'),
  '--log-level': words('debug', 'info', 'warn', 'error', 'silent'),
  '--meta': asked('portfolios'),
  '--sleeve': asked('sleeves'),
  '--drop-sleeve': asked('sleeves'),
  '--profile': asked('profiles'),
};
const byArgument: Readonly<Record<string, Values>> = {
  run: asked('runs'),
  before: asked('runs'),
  after: asked('runs'),
  sleeve: asked('sleeves'),
  shell: words(...shells),
  token: asked('tokens'),
};
const ofFiles = /file|directory|folder|zip|store|location/;

function valuesNamed(placeholder: string): Values {
  return byArgument[placeholder] ?? (ofFiles.test(placeholder) ? { kind: 'files' } : { kind: 'none' });
}

const placeholderOf = (text: string): string | null => /[<[]([^>\].]+)/.exec(text)?.[1] ?? null;

function completed({ long, flags, description }: Option): CompletedFlag {
  const placeholder = placeholderOf(flags);
  return { name: long!, summary: description, values: placeholder === null ? null : (byFlag[long!] ?? valuesNamed(placeholder)) };
}

/** Flags of every verb. */
const commonFlags: readonly CompletedFlag[] = commonOptions.map(completed);

function ownFlags(verb: Verb): CompletedFlag[] {
  return optionsOf(verb)
    .filter((option) => !commonOptions.includes(option))
    .map(completed);
}

/** Every place, groups before what stands in them, and the flags of all verbs. */
export function completionModel(verbs: readonly Verb[]): CompletionModel {
  const summaries = new Map(verbs.map(({ path, summary }) => [path.join(' '), summary]));
  const prefixes = new Set(['', ...verbs.flatMap(({ path }) => path.slice(0, -1).map((_, depth) => path.slice(0, depth + 1).join(' ')))]);
  const groups = [...prefixes].map((path): Place => {
    const inside = verbs.filter((verb) => path === '' || verb.path.join(' ').startsWith(`${path} `));
    const depth = path === '' ? 0 : path.split(' ').length;
    const next = [...new Set(inside.map((verb) => verb.path[depth]!))];
    const full = (word: string): string => (path === '' ? word : `${path} ${word}`);
    const known = next.map((word) => ({ word, summary: summaries.get(full(word)) ?? groupSummaries[full(word)] ?? '' }));
    return {
      path,
      words: path === '' ? [...known, { word: 'help', summary: 'Shows the flags of a verb.' }] : known,
      flags: [],
      argument: words(),
    };
  });
  const leaves = verbs.map((verb): Place => {
    const [first] = verb.args ?? [];
    const placeholder = first === undefined ? null : placeholderOf(first.name);
    return {
      path: verb.path.join(' '),
      words: [],
      flags: ownFlags(verb),
      argument: placeholder === null ? { kind: 'none' } : valuesNamed(placeholder),
    };
  });
  return { places: [...groups, ...leaves], commonFlags };
}
