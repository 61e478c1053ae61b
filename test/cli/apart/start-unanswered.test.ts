// What is around the start of a batch is put in its place.
import NodeModule from 'node:module';
import { expect, test, vi } from 'vitest';
import { parseRun } from '../../../src/cli/run/arguments';
import { performBatch } from '../../../src/cli/run/batch';
import { Cleanup } from '../../../src/cli/support/cleanup';
import { Screen } from '../../../src/cli/view/screen';
import { temporaryFolder } from '../../testing/temporary-folder';

const Module = NodeModule as unknown as { _extensions: Record<string, unknown> };
const { startRunJobs } = vi.hoisted(() => ({ startRunJobs: vi.fn() }));
vi.mock('../../../src/client/start-run-jobs', () => ({ startRunJobs }));
vi.mock('../../../src/cli/server/temporal-server', () => ({
  openTemporalServer: () => Promise.resolve({ isOwn: false, address: 'named:7233', namespace: 'default' }),
  serverVariable: () => 'TEMPORAL_ADDRESS',
}));
vi.mock('../../../src/cli/support/worker', () => ({
  installRuntime: () => undefined,
  bundleWorkflows: () => Promise.resolve({}),
  ProgramWorker: { start: () => Promise.resolve({}) },
}));
// Sources are found as the compiled files are.
Module._extensions['.ts'] = Module._extensions['.js'];
vi.mock('@temporalio/client', async (original) => ({ ...(await original<object>()), Client: Object }));

test('Ctrl-C ends the program also where the server does not answer the start of the batch', async () => {
  const folder = await temporaryFolder();
  const command = parseRun(['--from', folder, '--to', `${folder}-out`, '--template', 't', '--fake'], {});
  const end = new AbortController();
  const reason = new Error('Ctrl-C');
  startRunJobs.mockImplementation(() => {
    setImmediate(() => end.abort(reason));
    return new Promise(() => undefined);
  });
  const cleanup = new Cleanup();
  const screen = await Screen.open(false, { isTTY: false, write: () => true } as never);
  const performing = performBatch({ command: command!.options, screen, signal: end.signal, cleanup });
  await expect(performing).rejects.toMatchObject({ cause: reason });
  await cleanup.run();
});
