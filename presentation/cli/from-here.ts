import type { Files } from '../../handlers/ports/ports.ts';

/** Text for people with the paths below the working folder as they are named from it; elsewhere they stay whole. */
export function fromHere(files: Pick<Files, 'absolute'>, text: string): string {
  const here = files.absolute('.');
  return here === '/' ? text : text.replaceAll(`${here}/`, '');
}
