import { builtinModules } from 'node:module';

/**
 * The walls of the house: what each room may import. `npm run lint` refuses every other import, every folder or file that is not in the
 * table, and every circle; types count. `test/walls` refuses an entry that no import uses, and rooms that import each
 * other.
 *
 * A room is one file, a folder without its subfolders and such files, or `folder/**` with all of them. Files of a room may import each other.
 * Of what a room may import, `folder/**` means all rooms under it (only around the package), `types:room` types alone, `node:*` what Node has
 * built in, and `npm:*` any package.
 */
/** @type {Record<string, { rooms?: string[], packages?: string[] }>} */
export const WALLS = {
  // The kernel. It imports nothing at all.
  'src/core': {},
  'src/core/wait': { rooms: ['src/core'] },
  'src/core/start': { rooms: ['src/core'] },
  'src/core/run': { rooms: ['src/core', 'src/core/wait', 'src/core/start'] },
  'src/core/batch': { rooms: ['src/core', 'types:src/core/start', 'src/core/run'] },

  // What workflows, clients and activities share.
  'src/common/duration.ts': { packages: ['@temporalio/common'] },
  'src/common': {
    rooms: [
      'types:src/common/duration.ts',
      'src/core',
      'types:src/core/wait',
      'types:src/core/start',
      'types:src/core/run',
      'types:src/core/batch',
    ],
    packages: ['@temporalio/common'],
  },

  // What the Temporal server is asked, by clients as by activities.
  'src/temporal': { rooms: ['src/common', 'src/core', 'src/core/run'], packages: ['@temporalio/client'] },

  // The network. No Temporal, but for the durations in common.
  'src/network': { rooms: ['src/core'], packages: ['node:*', 'undici', 'ipaddr.js'] },
  'src/api': { rooms: ['src/api/http', 'src/api/operations', 'src/network', 'src/common/duration.ts', 'src/core'] },
  'src/api/operations': {
    rooms: ['src/api/http', 'src/network', 'src/core', 'types:src/core/start'],
    packages: ['types:node:*', 'zod'],
  },
  'src/api/http': {
    rooms: ['src/network', 'src/core'],
    packages: ['node:*', 'types:undici', 'form-data-encoder'],
  },

  // Sources and sinks. The SDK for S3 is optional: only a worker that asks for S3 loads it.
  'src/storage': { rooms: ['src/network', 'src/core'], packages: ['node:*', 'minimatch'] },
  'src/storage/s3': {
    rooms: ['src/storage', 'src/network', 'src/core'],
    packages: ['node:*', '@aws-sdk/client-s3', '@aws-sdk/lib-storage'],
  },

  // What runs in the worker process.
  activities: {
    rooms: [
      'activities/start',
      'activities/collect',
      'activities/batch',
      'activities/watch',
      'activities/support',
      'types:src/api',
      'src/storage',
      'src/temporal',
      'src/common',
      'src/core',
      'src/core/wait',
      'src/core/start',
      'src/core/run',
      'src/core/batch',
    ],
    packages: ['@temporalio/activity', '@temporalio/common', 'node:*', 'zod'],
  },
  'activities/start': {
    rooms: ['activities/support', 'types:src/api', 'src/storage', 'src/common', 'src/core', 'src/core/start'],
    packages: ['@temporalio/activity', '@temporalio/common', 'node:*', 'mime-types'],
  },
  'activities/collect': {
    rooms: ['activities/support', 'types:src/api', 'src/storage', 'src/core', 'src/core/run'],
    packages: ['@temporalio/activity'],
  },
  'activities/batch': {
    rooms: ['activities/support', 'types:src/storage', 'src/common', 'src/core', 'src/core/run', 'src/core/batch'],
    packages: ['@temporalio/activity', 'node:*'],
  },
  'activities/watch': {
    rooms: ['activities/support', 'src/common/duration.ts', 'src/common', 'src/core', 'types:src/core/wait'],
    packages: ['types:@temporalio/activity', '@temporalio/client', '@temporalio/common'],
  },
  'activities/support': {
    rooms: ['src/temporal', 'src/common', 'src/core', 'src/core/wait', 'types:src/core/start', 'src/core/run'],
    packages: ['@temporalio/activity', '@temporalio/common', 'node:*'],
  },

  // What runs in the sandbox of workflows: never what needs Node.
  workflows: {
    rooms: [
      'workflows/wait',
      'workflows/run',
      'workflows/batch',
      'workflows/support',
      'src/common/duration.ts',
      'src/common',
      'src/core',
      'src/core/wait',
      'src/core/start',
      'src/core/run',
      'src/core/batch',
    ],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  'workflows/run': {
    rooms: [
      'workflows/wait',
      'workflows/support',
      'types:activities',
      'src/common/duration.ts',
      'src/common',
      'src/core',
      'src/core/run',
      'src/core/start',
      'src/core/wait',
    ],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  'workflows/batch': {
    rooms: [
      'workflows/run',
      'workflows/support',
      'types:activities',
      'src/common/duration.ts',
      'src/common',
      'src/core',
      'types:src/core/start',
      'types:src/core/run',
      'src/core/batch',
    ],
    packages: ['@temporalio/workflow'],
  },
  'workflows/wait': {
    rooms: [
      'workflows/support',
      'types:activities',
      'src/common/duration.ts',
      'src/common',
      'src/core',
      'src/core/wait',
    ],
    packages: ['@temporalio/workflow'],
  },
  'workflows/support': { rooms: ['src/common', 'src/core'], packages: ['@temporalio/workflow'] },

  // What client programs use to start and follow workflows.
  'src/client': {
    rooms: [
      'src/temporal',
      'src/common/duration.ts',
      'src/common',
      'src/core',
      'src/core/wait',
      'src/core/run',
      'src/core/batch',
    ],
    packages: ['@temporalio/client', 'node:*'],
  },
  'src/webhooks': {
    rooms: ['src/temporal', 'src/common', 'src/core'],
    packages: ['@temporalio/client', 'node:*'],
  },

  // What the plugin does to a worker beside its activities.
  'src/worker': { rooms: ['src/core'], packages: ['@temporalio/worker', 'node:*'] },

  // The one place where worker, client and activities meet, and the main entry.
  'src/plugin.ts': {
    rooms: ['activities', 'activities/watch', 'src/worker', 'src/api', 'src/storage', 'src/core'],
    packages: ['@temporalio/plugin', 'types:@temporalio/worker'],
  },
  'src/index.ts': {
    rooms: [
      'src/plugin.ts',
      'src/client',
      'src/api',
      'src/common',
      'src/storage',
      'src/core',
      'types:src/core/wait',
      'types:src/core/start',
      'src/core/run',
      'types:src/core/batch',
    ],
  },

  // Tools for tests: never the client that is tested with them.
  'src/testing': {
    rooms: [
      'src/testing/fake/support',
      'src/testing/fake/faults',
      'types:src/testing/fake/job',
      'types:src/testing/fake/webhooks',
      'types:src/testing/fake/world',
      'src/testing/fake',
      'src/core',
    ],
    packages: ['@temporalio/testing', 'node:*'],
  },
  'src/testing/fake': {
    rooms: [
      'src/testing/fake/support',
      'types:src/testing/fake/faults',
      'src/testing/fake/job',
      'types:src/testing/fake/webhooks',
      'src/testing/fake/world',
      'src/testing/fake/http',
    ],
    packages: ['types:node:*', 'zod'],
  },
  'src/testing/fake/http': {
    rooms: [
      'src/testing/fake/support',
      'src/testing/fake/faults',
      'types:src/testing/fake/job',
      'src/testing/fake/webhooks',
      'src/testing/fake/world',
      'src/testing/fake/api',
      'src/core',
    ],
    packages: ['node:*', 'zod'],
  },
  'src/testing/fake/api': {
    rooms: [
      'src/testing/fake/support',
      'types:src/testing/fake/faults',
      'types:src/testing/fake/job',
      'src/testing/fake/webhooks',
      'types:src/testing/fake/world',
      'src/core',
    ],
    packages: ['node:*', 'zod', '@fastify/busboy'],
  },
  'src/testing/fake/world': {
    rooms: ['src/testing/fake/support', 'src/testing/fake/faults', 'src/testing/fake/job', 'src/testing/fake/webhooks'],
    packages: ['types:node:*', 'zod'],
  },
  'src/testing/fake/webhooks': {
    rooms: [
      'src/testing/fake/support',
      'src/testing/fake/faults',
      'src/testing/fake/job',
      'types:src/common/duration.ts',
      'src/core',
    ],
    packages: ['node:*', 'undici', 'zod'],
  },
  'src/testing/fake/job': {
    rooms: ['src/testing/fake/support', 'src/testing/fake/faults', 'types:src/common/duration.ts', 'src/core'],
    packages: ['zod'],
  },
  'src/testing/fake/faults': { rooms: ['src/testing/fake/support', 'types:src/common/duration.ts'], packages: ['zod'] },
  'src/testing/fake/support': { rooms: ['src/common/duration.ts', 'src/core'], packages: ['node:*', 'zod'] },

  // The command-line program.
  'src/cli': {
    rooms: [
      'src/cli/run',
      'src/cli/demo',
      'src/cli/view',
      'src/cli/server',
      'src/cli/support',
      'src/testing',
      'src/common',
      'src/core',
      'package.json',
    ],
    packages: ['node:*'],
  },
  'src/cli/run': {
    rooms: [
      'src/cli/view',
      'src/cli/server',
      'src/cli/support',
      'src/plugin.ts',
      'src/api',
      'src/client',
      'src/storage',
      'src/storage/s3',
      'activities/batch',
      'workflows',
      'src/testing',
      'src/common/duration.ts',
      'src/common',
      'src/core',
      'src/core/batch',
    ],
    packages: ['@aws-sdk/client-s3', '@temporalio/client', 'node:*'],
  },
  'src/cli/demo': {
    rooms: [
      'src/cli/run',
      'src/cli/view',
      'src/cli/server',
      'src/cli/support',
      'src/plugin.ts',
      'src/client',
      'workflows',
      'src/testing',
      'src/common',
      'package.json',
    ],
    packages: ['@temporalio/client', '@temporalio/workflow', 'node:*'],
  },
  'src/cli/view': {
    rooms: [
      'types:src/client',
      'src/common',
      'src/core',
      'types:src/core/wait',
      'types:src/core/run',
      'types:src/core/batch',
    ],
    packages: ['types:@temporalio/client', 'cli-table3', 'log-update', 'node:*'],
  },
  'src/cli/server': {
    rooms: ['src/cli/support', 'src/testing', 'src/common', 'src/core'],
    packages: ['@temporalio/envconfig', '@temporalio/worker', 'node:*'],
  },
  'src/cli/support': {
    rooms: ['src/api', 'src/common', 'src/core'],
    packages: ['@temporalio/worker', 'fastest-levenshtein', 'node:*'],
  },

  // Around the package: no room above imports any of these.
  'examples/**': {
    rooms: [
      'src/index.ts',
      'activities/index.ts',
      'workflows/index.ts',
      'src/testing/index.ts',
      'src/storage/s3/index.ts',
      'src/webhooks/index.ts',
    ],
    packages: ['npm:*', 'node:*'],
  },
  'scripts/**': { rooms: ['src/**', 'test/support'], packages: ['npm:*', 'node:*'] },
  'bench/**': {
    rooms: ['src/**', 'activities/**', 'workflows/**', 'scripts/**', 'test/core'],
    packages: ['npm:*', 'node:*'],
  },
  'test/**': {
    rooms: ['src/**', 'activities/**', 'workflows/**', 'scripts/**', 'bench/**', 'package.json'],
    packages: ['npm:*', 'node:*'],
  },
  '.': { rooms: ['test/support'], packages: ['npm:*', 'node:*'] },
};

const rooms = Object.keys(WALLS);
/** Folders whose files have no walls, and which no file imports. The site is a package of its own. */
const APART = ['dist', 'coverage', 'reports', '.stryker-tmp', 'docs'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  allowed: rooms.flatMap((room) => {
    const from = { path: pathOf(room) };
    const { rooms: others = [], packages = [] } = WALLS[room];
    return [
      { from, to: { path: pathOf(room) } },
      ...others.map((other) => ({ from, to: arrow(other, (to) => ({ path: under(to).map(pathOf) })) })),
      ...packages.map((name) => ({ from, to: arrow(name, target) })),
    ];
  }),
  allowedSeverity: 'error',
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    // An import shows a file that is not in the table; a file that imports nothing and is not imported, only this rule.
    { name: 'not-in-the-table', severity: 'error', from: { orphan: true, pathNot: rooms.map(pathOf) }, to: {} },
  ],
  options: {
    doNotFollow: { path: ['node_modules', `^(${APART.join('|')})/`] },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    exoticRequireStrings: ['require.resolve'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

/** What a `types:` before the name of a room or package means. */
function arrow(name, to) {
  const types = name.startsWith('types:');
  return { ...to(types ? name.slice(6) : name), ...(types && { dependencyTypes: ['type-only', 'type-import'] }) };
}

/** The rooms that `folder/**` stands for: those of the table, so that a new folder is no part of it. */
function under(name) {
  if (!name.endsWith('/**') || name in WALLS) return [name];
  const folder = name.slice(0, -3);
  return rooms.filter((room) => room === folder || room.startsWith(`${folder}/`));
}

/** The files of a room. */
function pathOf(room) {
  if (room === '.') return '^[^/]+\\.\\w+$';
  if (room.endsWith('/**')) return `^${room.slice(0, -3)}/`;
  if (isFile(room)) return `^${escaped(room)}$`;
  const apart = rooms.filter((other) => isFile(other) && other.startsWith(`${room}/`));
  return `^(?!(${apart.map(escaped).join('|')})$)${escaped(room)}/[^/]+$`;
}

function isFile(name) {
  return /\.\w+$/.test(name);
}

function escaped(path) {
  return path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function target(name) {
  if (name === 'node:*') return { path: `^(node:.+|${builtinModules.join('|')})$` };
  return {
    path: name === 'npm:*' ? '(^|/)node_modules/' : `(^|/)node_modules/(@types/)?${name.replaceAll('.', '\\.')}/`,
  };
}
