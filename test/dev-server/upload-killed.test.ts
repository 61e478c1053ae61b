// A worker that is killed in the middle of an upload leaves a start that may have been received: its job is looked for, nothing is sent.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { runProgress, startRunJob } from '../../src';
import { temporaryFolder } from '../testing/temporary-folder';
import { uploadProxy } from '../support/upload-proxy';
import { OFTEN, useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';
import { WorkerProcess } from './support/worker-process';

const { withApi } = useDevServer();
const MEGABYTE = 1_000_000;

test('a start whose worker is killed after half of a large document is looked for', { timeout: 180_000 }, async () => {
  const proxy = await uploadProxy(4 * MEGABYTE, 'stall');
  await withApi(async (setup) => {
    const { api, client, queue } = setup;
    proxy.target = api.url;
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'in'));
    const path = join(folder, 'in', 'a.pdf');
    await writeFile(path, 'x'.repeat(8 * MEGABYTE));
    const handle = await startRunJob(client, {
      key: `killed-${queue}`,
      taskQueue: queue,
      start: { templateId: 't' },
      documents: [{ ref: pathToFileURL(path).href }],
      ...OFTEN,
    });
    await using first = new WorkerProcess();
    await using second = new WorkerProcess();
    await first.run(setup, 'first', folder, proxy.url);
    await eventually(() => expect(proxy.isReached).toBe(true));
    await first.kill();
    await second.run(setup, 'second', folder);
    await eventually(async () =>
      expect(await handle.query(runProgress)).toMatchObject({
        phase: 'searching',
        start: { sends: 1, lastError: { type: 'TimeoutFailure' } },
      }),
    );
    await eventually(() => expect(api.requests.at(-1)?.operation).toBe('listJobs'));
    await handle.terminate();
    expect(api.requests.filter(({ operation }) => operation === 'createJob')).toHaveLength(1);
    expect(api.jobs).toEqual([]);
  });
});
