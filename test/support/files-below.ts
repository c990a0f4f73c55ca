import { readdirSync } from 'node:fs';

/** The files below some folders of the project whose names end so, as paths with `/`, in order. */
export function filesBelow(folders: readonly string[], ending: string): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
    )
    .filter((file) => file.endsWith(ending))
    .toSorted();
}
