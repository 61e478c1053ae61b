// A server that closes the connection after each answer, as load balancers do, ends no worker.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test('a healthy answer that ends with its connection while its reader is behind is read whole, and the process lives', async () => {
  const program = join(__dirname, 'ended-connection-program.ts');
  const { stdout } = await run(process.execPath, ['--import', 'tsx', program]);
  expect(stdout).toBe('300000');
});
