import { defineConfig } from 'vitest/config';

/** The tests of the kernel alone: no servers, so that mutation testing can run them thousands of times. */
export default defineConfig({
  test: { include: ['test/core/**/*.test.ts'], pool: 'threads' },
});
