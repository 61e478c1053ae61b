import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { Program, runProgram } from '../program';

const JOB_ID = '0b3f4f6e-3a6f-4a53-9f3e-0c8e0e3d6f52';
const KEY = 'secret-key-of-the-test';

interface Case {
  args: string[];
  env?: Record<string, string>;
  exitCode: number;
  says: string | RegExp;
}

async function expectSentence({ args, env, exitCode, says }: Case): Promise<void> {
  const ended = await runProgram(args, env);
  expect(ended.stderr.trimEnd()).toMatch(says);
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(ended.exitCode).toBe(exitCode);
  expect(ended.stdout + ended.stderr).not.toContain(KEY);
}

test('an unknown option ends with 2', async () => {
  await expectSentence({
    args: ['demo', '--kep'],
    exitCode: 2,
    says: /^Unknown option '--kep'; did you mean --keep\? --help shows/,
  });
});

test('an API URL that would send the key in the clear is refused', async () => {
  const env = { UNSTRUCTURED_API_KEY: KEY, UNSTRUCTURED_API_URL: 'http://api.example.com' };
  await expectSentence({
    args: ['demo', '--job-id', JOB_ID],
    env,
    exitCode: 2,
    says: /^UNSTRUCTURED_API_URL http:\/\/api.example.com would send the key unencrypted; use https\.$/,
  });
});

test.each([
  ['demo', '--port'],
  ['demo', '--ui-port'],
  ['fake-api', '--port'],
])('a port of %s %s that is taken is named', async (command, option) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const port = String((other.address() as AddressInfo).port);
  await expectSentence({ args: [command, option, port], exitCode: 1, says: `Port ${port} is taken.` });
  other.close();
});

test('an executable of the dev server that is none is named', async () => {
  const env = { TEMPORAL_CLI_PATH: '/no/such/temporal' };
  await expectSentence({
    args: ['demo'],
    env,
    exitCode: 1,
    says: "TEMPORAL_CLI_PATH is '/no/such/temporal': no such file",
  });
});

test('a Temporal server that does not answer is named', async () => {
  const env = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
  await expectSentence({
    args: ['demo'],
    env,
    exitCode: 1,
    says: /^No Temporal server answers at 127\.0\.0\.1:1, which TEMPORAL_ADDRESS names: Connection refused\.\n?$/,
  });
});

test('a profile that does not exist is named', async () => {
  const env = { TEMPORAL_PROFILE: 'nowhere' };
  await expectSentence({ args: ['demo'], env, exitCode: 1, says: /TEMPORAL_PROFILE .*nowhere/ });
});

test('ports of a dev server do not go with a server that was named', async () => {
  const env = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
  await expectSentence({
    args: ['demo', '--port', '7233'],
    env,
    exitCode: 2,
    says: 'but TEMPORAL_ADDRESS names a server',
  });
});

test.each<[string, string[], Record<string, string>, string]>([
  ['a wrong option', ['--parallel', '0'], { UNSTRUCTURED_API_KEY: KEY }, '--parallel must be a whole number'],
  ['an unknown option', ['--parralel', '3'], { UNSTRUCTURED_API_KEY: KEY }, "Unknown option '--parralel'"],
  ['a missing key of the API', [], {}, 'UNSTRUCTURED_API_KEY is not set.'],
])('with --json, %s is also reported on standard output', async (_, more, env, says) => {
  const args = ['run', '--from', 'in', '--to', 'out', '--template', 't', ...more, '--json'];
  const { exitCode, stdout, stderr } = await runProgram(args, env);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(says);
  const nothing = { key: null, counts: null, leftOut: null, unsettledJobs: null, manifest: null, to: null };
  const message = stderr.trimEnd();
  expect(JSON.parse(stdout)).toEqual({ outcome: 'setUp', exitCode: 2, ...nothing, message, seconds: 0 });
});

test.each<[string, number, string]>([
  ['run --help', 1, ''],
  ['--version', 1, ''],
  ['run --from in --to in/out --template t --match * --fake --json --parallel 0', 2, '--parallel must be .*\n'],
])('a result that nobody can read is told, and never ends with 0: %s', async (args, code, says) => {
  const program = new Program(args.split(' '));
  program.close('stdout');
  const { exitCode, stderr } = await program.ended;
  expect(exitCode).toBe(code);
  expect(stderr).toMatch(new RegExp(`^${says}The output was not written: write EPIPE\n$`));
});
