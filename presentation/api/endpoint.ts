import type { z } from 'zod';
import type { ApiRole } from '../../domain/people/api-roles.ts';
import type { FlagValues } from '../cli/verb.ts';
import type { GivenFiles } from './request-files.ts';

/** Where a parameter goes among what a verb takes: its next argument, or a flag by the name that commander gives it. */
export type VerbPlace = { readonly kind: 'argument' } | { readonly kind: 'flag'; readonly name: string };

/** Text, `true` or `false`, or a list of texts: what flags hold. */
export type ParameterKind = 'text' | 'switch' | 'list';

export interface Parameter {
  /** As it stands in the address. */
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly kind: ParameterKind;
  readonly required: boolean;
  /** What its text, or each text of a list, must be: shown in the document, and checked by whatever it is handed to. */
  readonly schema: z.ZodType;
  readonly description: string;
  readonly place: VerbPlace;
}

/** What stands over all resources of one kind in the document. */
export interface Resource {
  readonly name: string;
  readonly description: string;
  readonly endpoints: readonly DeclaredEndpoint[];
}

/** What a body says, where it is more than flags: flags, and what the verb reads from files at the command line. */
export interface Taken {
  readonly flags: FlagValues;
  readonly files: GivenFiles;
}

interface Declared {
  readonly path: string;
  /** Unique, in camel case: what generated clients call it. */
  readonly operationId: string;
  readonly summary: string;
  /** Who may ask; whoever has one of these. */
  readonly roles: readonly ApiRole[];
  /** Words of the verb that answers the same at the command line. */
  readonly verb: readonly string[];
  readonly parameters: readonly Parameter[];
  /** Flags that the address stands for. */
  readonly always?: FlagValues;
  /** How the body is taken; left out where each of its members is a flag. `bytes`: the body as it was sent. */
  readonly taking?: (members: Readonly<Record<string, unknown>>, bytes: Uint8Array) => Taken;
  /** Of the body. Left out: what decisions need. */
  readonly bodyBytesMax?: number;
  /** What `result` is. */
  readonly result: z.ZodType;
}

/** A question: it records nothing, and its answer is the verb's `--json`. */
export interface DeclaredQuestion extends Declared {
  readonly does: 'asks';
  /** `POST` for a question whose parameters are a body. Left out: GET. */
  readonly body?: z.ZodObject;
  /** Nothing changes the answer but what is recorded of the portfolio in its address, and of that portfolio's runs. */
  readonly changedBy?: 'portfolio';
  /** Computes for long, so that it waits for its turn: one at a time for each identity. */
  readonly heavy?: true;
  /** The verb speaks of files of this machine: they are named without their folders. */
  readonly speaksOfFiles?: true;
}

/** What somebody decides: it is recorded under the name of whoever is authenticated. */
export interface DeclaredCommand extends Declared {
  readonly does: 'records';
  /** Its members are flags of the verb. */
  readonly body: z.ZodObject;
}

export type DeclaredEndpoint = DeclaredQuestion | DeclaredCommand;

export function methodOf(endpoint: DeclaredEndpoint): 'GET' | 'POST' {
  return endpoint.does === 'asks' && endpoint.body === undefined ? 'GET' : 'POST';
}
