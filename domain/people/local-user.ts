import { z } from 'zod';

/** Who the operating system says runs a process: not who sits before it, and not authenticated by this program either. */
export const localUserSchema = z.strictObject({ name: z.string().nullable(), uid: z.number().int().nonnegative().nullable() });
export type LocalUser = z.infer<typeof localUserSchema>;

function localText({ name, uid }: LocalUser): string {
  if (name === null) return uid === null ? 'local user unknown' : `local uid ${uid}`;
  return `local user ${name}`;
}

/** The local user as a member of an answer, left out where none was recorded. */
export function besideIn(localUser: LocalUser | null): { readonly localUser?: LocalUser } {
  return localUser === null ? {} : { localUser };
}

/** A name with the words that keep it from being taken for an identity. `localUser`: null or left out where none was recorded. */
export function claimedText(name: string, localUser: LocalUser | null | undefined): string {
  return localUser === null || localUser === undefined ? `${name} (claimed)` : `${name} (claimed; ${localText(localUser)})`;
}

/** What the data of an event of any kind say of the local user; undefined where they have no such member. */
export function localUserIn(data: Readonly<Record<string, unknown>>): LocalUser | null | undefined {
  if (!Object.hasOwn(data, 'localUser')) return undefined;
  const parsed = localUserSchema.safeParse(data['localUser']);
  return parsed.success ? parsed.data : null;
}
