import tseslint from 'typescript-eslint';

const RESTRICTED = [
  { selector: 'ExportAllDeclaration', message: 'Name what is exported.' },
  { selector: 'ExportDefaultDeclaration', message: 'Use a named export.' },
  {
    selector: 'AssignmentExpression[left.type="MemberExpression"] > CallExpression > AwaitExpression:not(:first-child)',
    message: 'What stands before the await may be old when it ends: await in a statement of its own, first.',
  },
];

/** Ways to load a module that the walls do not see. */
const UNSEEN = [
  'ImportExpression:not([source.type="Literal"])',
  'Identifier[name="require"]:not(CallExpression[arguments.0.type="Literal"] > *.callee, CallExpression[arguments.0.type="Literal"] > MemberExpression.callee > *.object)',
  ':matches(Identifier[name=/^(createRequire|getBuiltinModule)$/], Literal[value=/^(createRequire|getBuiltinModule)$/])',
].map((selector) => ({ selector, message: 'Import by a name that the walls can see: a literal.' }));

export default tseslint.config(
  {
    ignores: ['dist/', 'coverage/', 'reports/', '.stryker-tmp/', 'docs/.vitepress/{cache,dist}/'],
  },
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
      'no-restricted-syntax': ['error', ...RESTRICTED],
    },
  },
  {
    files: ['src/**', 'activities/**', 'workflows/**'],
    rules: { 'no-restricted-syntax': ['error', ...RESTRICTED, ...UNSEEN] },
  },
  {
    files: ['src/**', 'activities/**', 'workflows/**'],
    ignores: ['src/common/failure.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...RESTRICTED,
        ...UNSEEN,
        {
          selector:
            ':matches(NewExpression[callee.name="ApplicationFailure"], MemberExpression[object.name="ApplicationFailure"])',
          message: 'Make it by a function of src/common/failure.ts.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.test.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: String.raw`CallExpression:matches([callee.name=/^(describe|it|test)$/], [callee.callee.object.name=/^(describe|it|test)$/]) > Literal.arguments:first-child[value=/^(An?|The|All|Where|With) |[^.]\.$/]`,
          message: 'A title begins in lower case and ends without a full stop.',
        },
        {
          selector:
            'CallExpression[arguments.1.type=/Function/]:not([callee.name="it"], [callee.callee.object.name="it"]) > Literal.arguments:first-child[value=/^(one that|so is) |, too$/]',
          message: 'A title of `test` is understood without the one before.',
        },
        {
          selector: `CallExpression:matches(${['callee', 'callee.object', 'callee.callee.object', 'callee.callee.object.object'].map((at) => `[${at}.name="test"]`).join()}) > Literal.arguments:first-child[value=/^(is|are|has|have|may|and|but|also|says|shows|tells|keeps|takes|refuses|leaves) /]`,
          message: 'A title of `test` is a whole sentence. One that continues its `describe` is a title of `it`.',
        },
      ],
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
    files: ['*.mjs', '*.mts', 'docs/**'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
