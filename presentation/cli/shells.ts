/** Shells whose command lines are completed. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Where a build keeps the script of a shell. */
export const builtScript = (shell: Shell): string => `completion/${shell}`;
