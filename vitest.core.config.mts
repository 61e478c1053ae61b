import { defineConfig } from 'vitest/config';

/** The tests of the kernel for mutation testing, which runs them thousands of times: no servers, short property tests, the same each time. */
export default defineConfig({
  test: {
    include: ['test/core/**/*.test.ts'],
    setupFiles: ['test/core/mutation-setup.ts'],
    pool: 'threads',
    isolate: false,
  },
});
