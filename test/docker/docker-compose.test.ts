import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseCommand } from '../../src/cli/arguments';
import { addDemoJobs } from '../../src/cli/demo/jobs';
import { durationToMs } from '../../src/common/duration';
import type { RunJobInput } from '../../src/common/inputs';
import { resolveRunInput } from '../../src/core/run/input';
import { FakeUnstructured } from '../../src/testing';

const PROJECT = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(PROJECT, path), 'utf8');

const words = z.array(z.string().min(1)).min(1);
/** Text only: what YAML would read as a number or a truth value must be quoted. */
const environment = z.record(z.string().regex(/^[A-Z_]+$/), z.string().min(1));
const duration = z.string().regex(/^\d+s$/);

/** The part of the Compose specification that the files use; anything else is a slip of the pen. */
const composeFile = z.strictObject({
  services: z.record(
    z.string(),
    z.strictObject({
      image: z.string().regex(/^[a-z][a-z0-9/-]*(:[\w.-]+)?$/),
      build: z.literal('.').optional(),
      command: words.optional(),
      init: z.boolean().optional(),
      stop_grace_period: duration.optional(),
      environment: environment.default({}),
      ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/)).default([]),
      volumes: z.array(z.string()).default([]),
      healthcheck: z
        .strictObject({
          test: z.tuple([z.literal('CMD')], z.string()),
          interval: duration,
          timeout: duration,
          retries: z.int().min(1),
        })
        .optional(),
      depends_on: z
        .record(
          z.string(),
          z.strictObject({
            condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
          }),
        )
        .default({}),
    }),
  ),
  volumes: z.record(z.string(), z.null()).default({}),
});

const quick = composeFile.parse(parse(read('docker-compose.yml')));
const durable = composeFile.parse(parse(read('docker-compose.durable.yml')));

/** Services that start a workflow once. */
const STARTED = ['jobs', 'documents'];

type Service = z.output<typeof composeFile>['services'][string];

function serviceOf({ services }: typeof quick, name: string): Service {
  const service = services[name];
  if (!service) throw new Error(`No service ${name}`);
  return service;
}

/** What a command line says of an option, as `--name=value`. */
function optionOf({ command = [] }: Service, name: string): string | undefined {
  return command.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
}

describe.each([
  ['docker-compose.yml', quick],
  ['docker-compose.durable.yml', durable],
])('%s', (_, file) => {
  const services = Object.entries(file.services);

  test.each(services)('%s depends only on services that can fulfil it', (_name, { depends_on }) => {
    for (const [name, { condition }] of Object.entries(depends_on)) {
      const other = serviceOf(file, name);
      if (condition === 'service_healthy') expect(other.healthcheck, name).toBeDefined();
    }
  });

  test.each(services)(
    '%s runs an image of a fixed version that is not deprecated, or one built here',
    (_name, service) => {
      if (service.build !== undefined) return;
      expect(service.image).toMatch(/:\d+(\.\d+)*$/);
      expect(service.image).not.toMatch(/auto-setup|temporalio\/web:/);
    },
  );

  test.each(services)('%s mounts what is there', (_name, { volumes }) => {
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      expect(source.startsWith('./') ? existsSync(join(PROJECT, source)) : source in file.volumes, source).toBe(true);
    }
  });

  test('every variable of the worker is read by its program, and none that it needs is missing', () => {
    const program = read('examples/docker/worker.ts');
    const { environment: given } = serviceOf(file, 'worker');
    const own = Object.keys(given).filter((name) => !name.startsWith('TEMPORAL_'));
    expect(own.filter((name) => !program.includes(`'${name}'`))).toEqual([]);
    const needed = [...program.matchAll(/required\('(\w+)'\)/g)].map(([, name]) => name);
    expect(needed.filter((name) => name !== undefined && !(name in given))).toEqual([]);
  });

  test.each(STARTED)('worker and %s meet on one server, namespace and task queue', (name) => {
    const worker = serviceOf(file, 'worker').environment;
    const jobs = serviceOf(file, name);
    expect(jobs.environment).toEqual({
      TEMPORAL_ADDRESS: worker['TEMPORAL_ADDRESS'],
      TEMPORAL_NAMESPACE: worker['TEMPORAL_NAMESPACE'],
    });
    expect(optionOf(jobs, 'task-queue')).toBe(worker['TASK_QUEUE']);
    const [host = '', port] = worker['TEMPORAL_ADDRESS']?.split(':') ?? [];
    expect(serviceOf(file, host).ports).toContain(`127.0.0.1:${port ?? ''}:${port ?? ''}`);
  });

  test.each(STARTED)('the workflow that %s starts is one of the worker', (name) => {
    const type = optionOf(serviceOf(file, name), 'type') ?? 'none';
    expect(read('examples/docker/workflows.ts')).toMatch(new RegExp(`^export (async function|{.*) ${type}\\b`, 'm'));
  });

  test('the documents are in the image, and the worker may read them and write their outputs', () => {
    const given = JSON.parse(optionOf(serviceOf(file, 'documents'), 'input') ?? '') as RunJobInput;
    const input = resolveRunInput(given, durationToMs);
    const { environment: worker } = serviceOf(file, 'worker');
    for (const { ref } of input.documents) {
      expect(ref).toMatch(new RegExp(`^file://${worker['DOCUMENTS_FOLDER'] ?? '-'}/`));
      expect(existsSync(join(PROJECT, ref.replace('file:///app/', '')))).toBe(true);
    }
    expect(input.documents).toHaveLength(3);
    expect(input.outputs?.to).toMatch(new RegExp(`^file://${worker['OUTPUTS_FOLDER'] ?? '-'}/`));
  });

  test('the fake API is started as the program understands it, where the worker looks for it', () => {
    const fake = serviceOf(file, 'fake-api');
    const [node, program, ...args] = fake.command ?? [];
    expect([node, program]).toEqual(['node', 'dist/src/cli/main.js']);
    const command = parseCommand(args, {});
    if (command.name !== 'fakeApi') throw new Error(`not the fake API: ${command.name}`);
    const { environment: worker } = serviceOf(file, 'worker');
    expect(command.options).toMatchObject({ host: '0.0.0.0', demoJobs: true });
    expect(worker['UNSTRUCTURED_API_URL']).toBe(`http://fake-api:${command.options.port}`);
    expect(fake.ports).toEqual([`127.0.0.1:${command.options.port}:${command.options.port}`]);
    expect(fake.healthcheck?.test.join(' ')).toContain(`127.0.0.1:${command.options.port}/__fake/jobs`);
  });

  test('the jobs that are awaited are those of the demo', async () => {
    const command = parseCommand(serviceOf(file, 'fake-api').command?.slice(2) ?? [], {});
    if (command.name !== 'fakeApi') throw new Error(`not the fake API: ${command.name}`);
    await using api = await FakeUnstructured.start({ seed: command.options.seed });
    const ids = [...addDemoJobs(api).values()].map(({ jobId }) => jobId);
    expect(JSON.parse(optionOf(serviceOf(file, 'jobs'), 'input') ?? '')).toEqual(ids);
    expect(serviceOf(file, 'worker').environment['UNSTRUCTURED_API_KEY']).toBe(api.apiKey);
  });

  test('the Web UI is found at the same address', () => {
    const ports = services.flatMap(([, service]) => service.ports).filter((port) => port.startsWith('127.0.0.1:8233:'));
    expect(ports).toHaveLength(1);
  });
});

test('both variants run the same programs, volumes and the namespace aside, which a dev server has by itself', () => {
  for (const name of ['fake-api', 'worker', ...STARTED]) {
    const { depends_on, volumes, ...service } = serviceOf(durable, name);
    const { namespace, ...others } = depends_on;
    expect({ ...service, volumes: [], depends_on: others }).toEqual(serviceOf(quick, name));
    if (name !== 'fake-api') expect(namespace).toEqual({ condition: 'service_completed_successfully' });
  }
});

test('the durable variant keeps state and outputs in volumes, in a folder that the image gives to its user', () => {
  const { environment, volumes } = serviceOf(durable, 'worker');
  const folder = environment['OUTPUTS_FOLDER'] ?? '-';
  expect(volumes).toEqual([`outputs:${folder}`]);
  expect(serviceOf(durable, 'postgresql').volumes).toEqual(['postgresql-data:/var/lib/postgresql/data']);
  const dockerfile = read('Dockerfile');
  const [, user = '-'] = /^USER (\w+)$/m.exec(dockerfile) ?? [];
  expect(dockerfile).toContain(`RUN mkdir ${folder} && chown ${user}:${user} ${folder}\n`);
});

test('server and schema are of one version, and each database user has one password', () => {
  const versionOf = (name: string): string | undefined => serviceOf(durable, name).image.split(':')[1];
  expect(new Set(['temporal', 'schema', 'namespace'].map(versionOf)).size).toBe(1);
  const database = serviceOf(durable, 'postgresql').environment;
  const { environment: schema } = serviceOf(durable, 'schema');
  const { environment: server } = serviceOf(durable, 'temporal');
  expect([schema['SQL_USER'], schema['SQL_PASSWORD']]).toEqual([
    database['POSTGRES_USER'],
    database['POSTGRES_PASSWORD'],
  ]);
  expect([server['POSTGRES_USER'], server['POSTGRES_PWD']]).toEqual([schema['SQL_USER'], schema['SQL_PASSWORD']]);
  expect([server['DB'], server['DB_PORT'], server['POSTGRES_SEEDS']]).toEqual([
    schema['SQL_PLUGIN'],
    schema['SQL_PORT'],
    schema['SQL_HOST'],
  ]);
  expect(durable.services).toHaveProperty(server['POSTGRES_SEEDS'] ?? '');
});

test('the image holds what the commands run', () => {
  const dockerfile = read('Dockerfile');
  expect(dockerfile).toMatch(/^FROM node:20/m);
  expect(dockerfile).toContain('npm run build');
  const ignored = read('.dockerignore').split('\n');
  for (const path of ['examples', 'src', 'package-lock.json']) expect(ignored).not.toContain(path);
  for (const path of ['node_modules', 'dist']) expect(ignored).toContain(path);
});
