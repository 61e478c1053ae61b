import { expect, test } from 'vitest';
import { parseCommand } from '../../src/cli/arguments';
import { UsageError } from '../../src/cli/support/errors';

const JOB_ID = '0B3F4F6E-3a6f-4a53-9f3e-0c8e0e3d6f52';

function refusal(args: string[], env: Record<string, string> = {}): string {
  try {
    parseCommand(args, env);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('not refused');
}

test('the demo needs no option', () => {
  expect(parseCommand(['demo'], {})).toEqual({ name: 'demo', options: { keep: false, verbose: false } });
});

test('all options of the demo are read', () => {
  const args = ['demo', '--keep', '--verbose', '--port', '7000', '--ui-port=7001', '--job-id', JOB_ID];
  const env = {
    UNSTRUCTURED_API_KEY: 'key-of-the-test',
    UNSTRUCTURED_API_URL: 'https://eu.example.com',
    TEMPORAL_UI_URL: 'http://ui/',
  };
  expect(parseCommand(args, env)).toEqual({
    name: 'demo',
    options: {
      keep: true,
      verbose: true,
      port: 7000,
      uiPort: 7001,
      uiUrl: 'http://ui',
      real: { jobId: JOB_ID.toLowerCase(), apiKey: 'key-of-the-test', baseUrl: 'https://eu.example.com', proxy: 'env' },
    },
  });
});

test('a key without a job id changes nothing: the demo stays with the fake API', () => {
  expect(parseCommand(['demo'], { UNSTRUCTURED_API_KEY: 'key-of-the-test' })).toEqual(parseCommand(['demo'], {}));
});

test('an option wins over its variable', () => {
  const command = parseCommand(['demo', '--ui-url', 'http://a'], { TEMPORAL_UI_URL: 'http://b' });
  expect(command).toMatchObject({ options: { uiUrl: 'http://a' } });
});

test('all options of the fake API are read', () => {
  expect(
    parseCommand(['fake-api', '--port', '0', '--host', '::1', '--api-key', 'k', '--seed', 's', '--demo-jobs'], {}),
  ).toEqual({
    name: 'fakeApi',
    options: { port: 0, host: '::1', apiKey: 'k', seed: 's', demoJobs: true },
  });
});

test.each([
  [['--help'], 'Commands:'],
  [['-h'], 'Commands:'],
  [['demo', '--help'], '--keep'],
  [[], 'Usage: temporal-unstructured <command>'],
  [['fake-api', '-h'], '--api-key'],
])('%j shows help', (args, text) => {
  expect(parseCommand(args, {})).toEqual({ name: 'help', text: expect.stringContaining(text) as string });
});

test('--version asks for the version', () => {
  expect(parseCommand(['--version'], {})).toEqual({ name: 'version' });
});

test.each([
  [['dmeo'], "Unknown command 'dmeo'; did you mean demo? There are run, demo and fake-api."],
  [['Demo'], "Unknown command 'Demo'; did you mean demo? There are run, demo and fake-api."],
  [['fake'], "Unknown command 'fake'; did you mean fake-api? There are run, demo and fake-api."],
  [['fakeapi'], "Unknown command 'fakeapi'; did you mean fake-api? There are run, demo and fake-api."],
  [['ru'], "Unknown command 'ru'; did you mean run? There are run, demo and fake-api."],
  [['serve'], "Unknown command 'serve'; there are run, demo and fake-api."],
  [['x'], "Unknown command 'x'; there are run, demo and fake-api."],
  [['demo', '--kep'], "Unknown option '--kep'; did you mean --keep? --help shows what there is."],
  [['demo', '--uiport', '1'], "Unknown option '--uiport'; did you mean --ui-port? --help shows what there is."],
  [['demo', '--zzzzzzzz'], "Unknown option '--zzzzzzzz'; --help shows what there is."],
  [['demo', 'now'], "Unexpected argument 'now'; --help shows what there is."],
  [['demo', '--keep=yes'], "Option '--keep' does not take an argument; --help shows what there is."],
  [['demo', '--port'], "Option '--port <value>' argument missing; --help shows what there is."],
  [['demo', '--port', '0'], "--port must be a port from 1 to 65535; got '0'."],
  [['demo', '--ui-port', '70000'], "--ui-port must be a port from 1 to 65535; got '70000'."],
  [['demo', '--port', '7000', '--ui-port', '7000'], '--port and --ui-port must differ; both are 7000.'],
  [['demo', '--ui-url', ''], "--ui-url must be a URL such as http://localhost:8233; got ''."],
  [
    ['demo', '--ui-url', 'localhost:8233'],
    "--ui-url must be a URL such as http://localhost:8233; got 'localhost:8233'.",
  ],
  [['demo', '--job-id', '42'], "--job-id must be the uuid of a job; got '42'."],
  [['demo', '--job-id', JOB_ID], '--job-id awaits a real job, which needs UNSTRUCTURED_API_KEY in the environment.'],
  [['fake-api', '--port', 'x'], "--port must be a port from 0 to 65535; got 'x'."],
  [['fake-api', '--host', ''], '--host must not be empty.'],
  [['fake-api', '--keep'], "Unknown option '--keep'; --help shows what there is."],
])('%j is refused in one sentence', (args, sentence) => {
  expect(refusal(args)).toBe(sentence);
});
