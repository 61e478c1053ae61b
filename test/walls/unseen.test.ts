import { join } from 'node:path';
import { ESLint, Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { beforeAll, describe, expect, it } from 'vitest';

/** Ways to load a module whose name stands in no import. */
const UNSEEN = {
  'an import of a variable': 'export const load = (name: string) => import(name);',
  'an import of a template': 'export const load = () => import(`../activities`);',
  'a require of a variable': 'export const load = (name: string) => require(name);',
  'a resolve of a variable': 'export const find = (name: string) => require.resolve(name);',
  'the require of the module': "export const fs = module.require('node:fs');",
  'the require of the program': "export const fs = require.main.require('node:fs');",
  'a require of another name': "const load = require; export const fs = load('node:fs');",
  'a require that is made': "import { createRequire } from 'node:module'; createRequire('.');",
  'a module of the process': "export const fs = process.getBuiltinModule('node:fs');",
  'a module of the process by its name': "export const fs = process['getBuiltinModule']('node:fs');",
};
const SEEN = {
  'an import': "import { job } from './job'; void job;",
  'an import on use': "export const load = () => import('./job');",
  'a require': "export const load = () => require('./job');",
  'a resolve': "export const find = () => require.resolve('./job');",
};

describe.each(['src/core/job.ts', 'src/common/failure.ts', 'activities/get-job.ts', 'workflows/await-job.ts'])(
  'the linter of %s',
  (filePath) => {
    let rule: Linter.RuleEntry;
    beforeAll(async () => {
      const config = (await new ESLint({ cwd: join(__dirname, '../..') }).calculateConfigForFile(filePath)) as {
        rules: Record<string, Linter.RuleEntry>;
      };
      rule = config.rules['no-restricted-syntax']!;
    });

    function refusals(text: string): string[] {
      const config = { languageOptions: { parser }, rules: { 'no-restricted-syntax': rule } } as Linter.Config;
      return new Linter().verify(text, config).map(({ message }) => message);
    }

    it.each(Object.entries(UNSEEN))('refuses %s', (_, text) => {
      expect(refusals(text)).toContain('Import by a name that the walls can see: a literal.');
    });

    it.each(Object.entries(SEEN))('lets %s pass', (_, text) => {
      expect(refusals(text)).toEqual([]);
    });
  },
);
