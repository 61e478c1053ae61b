import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { CountReporter } from './test/support/count-reporter.mts';
import { ProjectsInOrder } from './test/support/projects-in-order.mts';

/** Set in the processes of the mutation tests, which run the tests of the kernel thousands of times. */
const MUTATION = process.env['STRYKER_MUTATOR_WORKER'] !== undefined;

const PACKAGE = ['test/package/**/*.test.ts', 'test/walls/**/*.test.ts'];
const DEV_SERVER = ['test/dev-server/**/*.test.ts', 'test/**/with-server/**/*.test.ts'];
const TIME_SKIPPING = [
  'test/workflows/**/*.test.ts',
  'test/plugin/**/*.test.ts',
  'test/worker/**/*.test.ts',
  'test/support/time-skipping.test.ts',
];
const CORE = ['test/core/**/*.test.ts'];

const core: TestProjectInlineConfiguration = {
  extends: true,
  test: {
    name: 'core',
    include: CORE,
    // Pure functions leave nothing behind: the files share a thread.
    pool: 'threads',
    isolate: false,
    setupFiles: MUTATION ? ['test/core/mutation-setup.ts'] : [],
  },
};

/** Need no server, but processes of their own: they run programs, which takes its time, or put something in a module's place. */
const APART = ['test/**/apart/**/*.test.ts'];

/** What takes longest comes first, so that no slow file runs alone at the end. */
const projects: TestProjectInlineConfiguration[] = [
  { extends: true, test: { name: 'apart', include: APART } },
  {
    extends: true,
    test: {
      name: 'package',
      include: PACKAGE,
      globalSetup: ['test/set-up/dev-server.ts', 'test/set-up/time-skipping-server.ts'],
    },
  },
  {
    extends: true,
    test: {
      name: 'dev-server',
      isolate: false, // as below
      include: DEV_SERVER,
      globalSetup: [
        'test/set-up/shared-dev-server.ts',
        'test/set-up/time-skipping-server.ts',
        'test/set-up/s3-server.ts',
        'test/set-up/workflow-bundle.ts',
        'test/set-up/program.ts',
      ],
    },
  },
  {
    extends: true,
    test: {
      name: 'time-skipping',
      // The files of a process share what it has loaded, the SDK above all, and the server; each has its own namespace and runtime.
      isolate: false,
      include: TIME_SKIPPING,
      exclude: [...DEV_SERVER, ...APART],
      globalSetup: ['test/set-up/time-skipping-server.ts', 'test/set-up/workflow-bundle.ts'],
    },
  },
  {
    extends: true,
    test: {
      name: 'client',
      isolate: false, // as above
      include: ['test/**/*.test.ts'],
      exclude: [...PACKAGE, ...DEV_SERVER, ...TIME_SKIPPING, ...APART, ...CORE],
    },
  },
  core,
];

export default defineConfig({
  test: {
    projects: MUTATION ? [core] : projects,
    reporters: ['default', new CountReporter()],
    pool: 'forks',
    sequence: { sequencer: ProjectsInOrder },
    maxWorkers: 4, // most tests wait more than they compute
    maxConcurrency: 12, // those that are `concurrent` wait, for minutes some of them
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
