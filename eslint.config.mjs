import tseslint from 'typescript-eslint';

/** Which folders a folder may import from. Everything else is refused; the arrows of the architecture live here. */
const noImports = (message, ...regexes) => ({
  'no-restricted-imports': 'off',
  '@typescript-eslint/no-restricted-imports': ['error', { patterns: regexes.map((regex) => ({ regex, message })) }],
});
const TEMPORAL = '^@temporalio/';
const WORKER_SIDE = '^(undici|zod|node:)';

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'reports/', '.stryker-tmp/', 'test/package/consumers/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs', '*.mts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: 'test', package: 'node:test' }] },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Name what is exported.' },
        { selector: 'ExportDefaultDeclaration', message: 'Use a named export.' },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['src/cli/**', 'test/cli/**', 'test/docker-compose.test.ts', 'scripts/demo.ts'],
    rules: noImports('Nobody imports the command-line program.', '^\\./cli/', '/src/cli/'),
  },
  {
    files: ['src/core/*'],
    rules: noImports('The kernel imports nothing but itself.', '^(?!\\./)'),
  },
  {
    files: ['src/core/*/**'],
    rules: noImports('The kernel imports nothing but itself.', '^(?!\\.\\.?/)', '^\\.\\./\\.\\./'),
  },
  {
    files: ['src/api/**'],
    rules: noImports(
      "The HTTP client knows core and network only, and no Temporal but for the SDK's parser of durations, by src/duration.",
      TEMPORAL,
      '^\\.\\./(?!core/|network/|duration$)',
      '/(activities|workflows)',
    ),
  },
  {
    files: ['src/failure.ts', 'src/duration.ts', 'src/messages.ts', 'src/wait-input.ts', 'src/run-input.ts'],
    rules: noImports(
      'Only core and @temporalio/common.',
      `${TEMPORAL}(?!common$)`,
      WORKER_SIDE,
      '^\\.\\.?/(?!core/|duration$)',
    ),
  },
  {
    files: ['src/network/**'],
    rules: noImports('How requests leave the process: core only, and no Temporal.', TEMPORAL, '^\\.\\./(?!core/)'),
  },
  {
    files: ['src/storage/**'],
    rules: noImports(
      'Sources and sinks know core and network only, and no Temporal.',
      TEMPORAL,
      '^\\.\\./(?!core/|network/)',
      '^\\.\\./\\.\\./',
    ),
  },
  {
    files: ['src/testing/*'],
    rules: noImports(
      'Test tools use core only, never the client they test.',
      '^\\.\\./(?!core/|duration$)',
      '^\\.\\./\\.\\./',
    ),
  },
  {
    files: ['src/testing/fake/**'],
    rules: noImports(
      'The fake uses core only, never the client that is tested against it.',
      '^\\.\\./(?!\\.\\./)',
      '^\\.\\./\\.\\./(?!core/|duration$)',
    ),
  },
  {
    files: ['activities/**'],
    rules: noImports(
      'Activities use the client and core.',
      '^@temporalio/(workflow|client|worker|testing)',
      '/src/(cli|testing|plugin|start$)(/|$)',
      '/workflows(/|$)',
    ),
  },
  {
    files: ['workflows/**'],
    rules: {
      ...noImports(
        'Workflow code runs in a sandbox: core, failure and @temporalio/workflow only.',
        WORKER_SIDE,
        '^@temporalio/(?!workflow$|common$)',
        '/src/(?!core/|failure$|duration$|messages$|wait-input$|run-input$)',
      ),
    },
  },
  {
    files: ['test/**', 'bench/**', 'scripts/**', 'examples/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['*.mjs', '*.mts'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
