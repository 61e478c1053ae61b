/** The client is measured beside Node's own fetch: npm's undici would take its place. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

const PROGRAM = join(__dirname, '../../../bench/client.ts');
const server = createServer((_request, response) => response.end('{}'));
let origin: string;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

function startFetch(...imports: string[]): ChildProcess {
  const execArgv = ['tsx', ...imports].flatMap((name) => ['--import', name]);
  const child = fork(PROGRAM, ['--role', 'fetch', origin], { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  onTestFinished(() => void child.kill());
  return child;
}

test('the process that measures fetch makes its calls', async () => {
  const child = startFetch();
  child.send(3);
  expect(await once(child, 'message')).toEqual([expect.any(Number), undefined]);
});

test('it refuses to measure where undici was imported', async () => {
  const child = startFetch('undici');
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(stderr).toContain("not Node's own");
});
