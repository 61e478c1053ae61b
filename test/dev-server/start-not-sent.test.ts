// A worker that dies with a start in hand, before the first byte: Temporal took no heartbeat, so that the start was certainly not sent.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRunJob } from '../../src';
import { temporaryFolder } from '../testing/temporary-folder';
import { OFTEN, useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';
import { WorkerProcess } from './support/worker-process';

const { withApi } = useDevServer();

test('the next worker sends it, once', { timeout: 180_000 }, async () => {
  await withApi(async (setup) => {
    const { api, client, queue } = setup;
    const folder = await temporaryFolder();
    api.setStartedJobs({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
    const handle = await startRunJob(client, {
      key: `not-sent-${queue}`,
      taskQueue: queue,
      start: { templateId: 't' },
      documents: [{ ref: 'stuck:a.pdf' }],
      ...OFTEN,
    });
    await using first = new WorkerProcess();
    await using second = new WorkerProcess();
    await first.run(setup, 'first', folder);
    await eventually(() => expect(existsSync(join(folder, 'opening'))).toBe(true));
    await first.kill();
    await second.run(setup, 'second', folder);
    const { job, start, documents } = await handle.result();
    expect(start).toEqual({ how: 'answered', sends: 2 });
    expect(documents).toMatchObject([{ status: 'ok' }]);
    expect(api.jobs.map(({ id }) => id)).toEqual([job.id]);
    expect(api.requests.filter(({ operation }) => operation === 'createJob')).toHaveLength(1);
  });
});
