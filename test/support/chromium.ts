import { existsSync } from 'node:fs';

/** The browser of the machine, or the one that `CHROMIUM` names; undefined where there is none. */
export const chromiumPath: string | undefined =
  process.env['CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
