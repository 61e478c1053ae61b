import type * as promises from 'node:fs/promises';

/** All files that were opened through the module that `notingHandles` returns. */
export const opened: promises.FileHandle[] = [];

/** The module of Node, which notes what it opens. */
export function notingHandles(fs: typeof promises): typeof promises {
  return {
    ...fs,
    open: async (...args) => {
      const handle = await fs.open(...args);
      opened.push(handle);
      return handle;
    },
  };
}
