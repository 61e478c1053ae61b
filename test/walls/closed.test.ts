import { beforeAll, describe, expect, it } from 'vitest';
import { refusedIn } from './tree';

const OUTSIDE = {
  'src/core/job.ts': '',
  'src/alone.ts': '',
  'src/core/rooms/alone.ts': '',
  'lib/alone.ts': '',
  'src/importing.ts': "import './core/job';",
  'activities/odds/importing.ts': "import '../../src/core/job';",
  'src/imported.ts': '',
  'workflows/ends/imported.ts': '',
  'src/core/rooms/imported.ts': '',
  'src/core/run/result.ts': "import '../rooms/imported';",
  'test/some.test.ts': "import '../src/imported'; import '../workflows/ends/imported';",
  'lib/friends/one.ts': "import './two';",
  'lib/friends/two.ts': '',
  'dist/src/index.js': "require('./core/job');",
  'docs/theme/index.ts': "import './page';",
  'workflows/wait/built.ts': "import '../../dist/src';",
  'workflows/wait/gone.ts': "import '../../dist/src/gone';",
  'src/core/batch/site.ts': "import '../../../docs/theme';",
};

/** Forms of an import of values, each from workflows/wait to activities, where types pass. */
const VALUES = {
  import: "import { act } from '../activities/act'; void act;",
  beside: "import type { Act } from '../activities/act'; import { act } from '../activities/act'; act as Act;",
  mixed: "import { type Act, act } from '../activities/act'; act as Act;",
  bare: "import '../activities/act';",
  export: "export { act } from '../activities/act';",
  all: "export * as act from '../activities/act';",
  dynamic: "export const act = () => import('../activities/act');",
  require: "export const act = () => require('../activities/act');",
  equals: "import act = require('../activities/act'); void act;",
  resolve: "export const act = () => require.resolve('../activities/act');",
  alias: "import 'temporal-unstructured/activities';",
};
const TYPES = {
  import: "import type { Act } from '../activities/act'; export let act: Act;",
  inline: "import { type Act } from '../activities/act'; export let act: Act;",
  export: "export type { Act } from '../activities/act';",
  all: "export type * as act from '../activities/act';",
  type: "export let act: import('../activities/act').Act;",
  typeof: "export let act: typeof import('../activities/act');",
};

/** Circles, by the room that each is in. */
const CIRCLES = { 'src/core/start': 'import', 'src/core/wait': 'import type {} from' };

let refused: string[];
// All files in one repository: each run of the linter costs seconds.
beforeAll(async () => {
  refused = await refusedIn({
    ...OUTSIDE,
    'activities/act.ts': 'export const act = 1; export type Act = number;',
    'activities/index.ts': '',
    ...filesOf('value', VALUES),
    ...filesOf('type', TYPES),
    ...filesOf('core', TYPES, 'src/core'),
    ...Object.fromEntries(Object.entries(CIRCLES).flatMap(([room, keyword]) => circle(room, keyword))),
  });
});

function filesOf(prefix: string, forms: Record<string, string>, room = 'workflows/wait'): Record<string, string> {
  return Object.fromEntries(
    Object.entries(forms).map(([name, text]) => [`${room}/${prefix}-${name}.ts`, text.replaceAll("'..", "'../..")]),
  );
}

function circle(room: string, keyword: string): [path: string, text: string][] {
  const imported = { a: 'b', b: 'c', c: 'a', d: 'a' };
  return Object.entries(imported).map(([name, to]) => [`${room}/${name}.ts`, `${keyword} './${to}';`]);
}

describe('a file outside the table', () => {
  it.each(['src/alone.ts', 'src/core/rooms/alone.ts', 'lib/alone.ts'])(
    'is refused where it stands alone: %s',
    (path) => {
      expect(refused).toContain(`not-in-the-table: ${path} → ${path}`);
    },
  );

  it.each([
    'src/importing.ts → src/core/job.ts',
    'activities/odds/importing.ts → src/core/job.ts',
    'lib/friends/one.ts → lib/friends/two.ts',
  ])('is refused where it imports: %s', (arrow) => {
    expect(refused).toContain(`not-in-allowed: ${arrow}`);
  });

  it.each([
    'test/some.test.ts → src/imported.ts',
    'test/some.test.ts → workflows/ends/imported.ts',
    'src/core/run/result.ts → src/core/rooms/imported.ts',
    'workflows/wait/built.ts → dist/src/index.js',
    'workflows/wait/gone.ts → ../../dist/src/gone',
    'src/core/batch/site.ts → docs/theme/index.ts',
  ])('is refused where it is imported: %s', (arrow) => {
    expect(refused).toContain(`not-in-allowed: ${arrow}`);
  });

  it.each(['dist', 'docs'])('is left alone where no file imports it: %s', (folder) => {
    expect(refused.filter((line) => line.includes(`: ${folder}/`))).toEqual([]);
  });
});

describe('a form of import', () => {
  it.each(Object.keys(VALUES))('that brings values is refused where types pass: %s', (name) => {
    const target = name === 'alias' ? 'index' : 'act';
    expect(refused).toContain(`not-in-allowed: workflows/wait/value-${name}.ts → activities/${target}.ts`);
  });

  it.each(Object.keys(TYPES))('that brings types passes where types pass: %s', (name) => {
    expect(refused.filter((line) => line.includes(`workflows/wait/type-${name}.ts`))).toEqual([]);
  });

  it.each(Object.keys(TYPES))('that brings types is refused where nothing passes: %s', (name) => {
    expect(refused).toContain(`not-in-allowed: src/core/core-${name}.ts → activities/act.ts`);
  });
});

describe('a circle of imports', () => {
  it.each(Object.keys(CIRCLES))('is refused in %s', (room) => {
    const [found, ...others] = refused.filter((line) => line.startsWith(`no-circle: ${room}/`));
    expect(found).toMatch(/: \S+\/[abc]\.ts → /);
    expect(others).toEqual([]);
  });
});
