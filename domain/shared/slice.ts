import type { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import type { DraftEvent } from './envelope.ts';
import { LedgerError } from './errors.ts';

export interface EventKind {
  readonly version: number;
  readonly schema: z.ZodType;
  /** Stream the event stands in, for people. */
  readonly stream: string;
  readonly meaning: string;
  /** Schemas of older versions that are never upcast: verifiers and folds look at the stored version. */
  readonly retained?: Readonly<Record<number, z.ZodType>>;
}

/** The events of one kind of stream, each with its current schema: the schema *is* the event. */
export type Slice = Readonly<Record<string, EventKind>>;

export type SliceType<Own extends Slice> = keyof Own & string;
export type SliceData<Own extends Slice, Type extends SliceType<Own>> = z.infer<Own[Type]['schema']>;

/** Data of the versions that are kept as they were stored. */
type RetainedData<Kind> = Kind extends { readonly retained: Readonly<Record<number, infer Schema extends z.ZodType>> }
  ? z.infer<Schema>
  : never;

/** What a recorded event may say: what its schema admits, or that of a version that is kept as it was stored. */
export type RecordedData<Own extends Slice, Type extends SliceType<Own>> = SliceData<Own, Type> | RetainedData<Own[Type]>;

/** A fact of a slice, as a decider folds it. */
export type SliceEvent<Own extends Slice> = {
  readonly [Type in SliceType<Own>]: { readonly type: Type; readonly data: RecordedData<Own, Type> };
}[SliceType<Own>];

/** A fact of a slice, as a decider decides it: its schema has admitted it. */
export type SliceDraft<Own extends Slice> = { readonly [Type in SliceType<Own>]: DraftEvent<Type, SliceData<Own, Type>> }[SliceType<Own>];

/** Makes drafts of a slice. Errors: SchemaViolation with the path. */
export type Draft<Own extends Slice> = <Type extends SliceType<Own>>(
  type: Type,
  data: DeepReadonly<SliceData<Own, Type>>,
) => DraftEvent<Type, SliceData<Own, Type>>;

export function drafting<Own extends Slice>(slice: Own): Draft<Own> {
  return <Type extends SliceType<Own>>(type: Type, data: DeepReadonly<SliceData<Own, Type>>) => {
    const { schema, version } = slice[type]!;
    const parsed = schema.safeParse(data);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      const path = issue.path.join('.');
      throw new LedgerError('SchemaViolation', `${type}: ${issue.message} at ${path}`, { at: { path } });
    }
    // The schema has just admitted the data: only the marks of `readonly` are taken off, and what is written is what was given.
    return { type, schemaVersion: version, data: data as SliceData<Own, Type> };
  };
}

/** Whether a fact is one of a slice. Its data fit: the catalogue, which reads what is stored, is made of the slices. */
export function belongsTo<Own extends Slice>(slice: Own, fact: { readonly type: string; readonly data: unknown }): fact is SliceEvent<Own> {
  return Object.hasOwn(slice, fact.type);
}
