import { defineConfig } from 'vitest/config';
import { CountReporter } from './test/support/count-reporter.mts';
import { SlowFirst } from './test/support/slow-first.mts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    reporters: ['default', new CountReporter()],
    pool: 'forks',
    sequence: { sequencer: SlowFirst },
    maxWorkers: 3, // most tests wait more than they compute
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
