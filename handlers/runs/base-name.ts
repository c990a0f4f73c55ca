/** The last part of a path: events name files without the machine's folders. */
export function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
