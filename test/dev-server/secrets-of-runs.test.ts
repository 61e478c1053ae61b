// As for waits: the API key reaches no trace of a run, or of a job that is cancelled.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WorkflowFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { expect, test } from 'vitest';
import { progress, startRunJob, unstructuredFailure, UnstructuredPlugin } from '../../src';
import { faults, type JobSpec } from '../../src/testing';
import { historiesOf } from '../support/histories';
import { collectLogs, logsSince } from '../support/logs';
import { temporaryFolder } from '../testing/temporary-folder';
import { OFTEN, useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';
import { ECHO, formsIn, KEY } from '../support/secrets';

const { withApi } = useDevServer({ install: () => collectLogs('DEBUG') });

const REFUSED = faults.status(403, { body: { detail: ECHO } });
const BROKEN = faults.status(500, { body: { detail: ECHO } });

/** What is left of a workflow that has ended. */
async function tracesOfHandle(client: Client, handle: WorkflowHandle): Promise<unknown[]> {
  const outcome: unknown = await handle.result().catch((error: unknown) => error);
  const { raw, runId, workflowId } = await handle.describe();
  // One after the other: a worker may drop one of two queries that reach it at once for a workflow it no longer holds.
  const asked = [await handle.query(progress), await handle.query('__temporal_workflow_metadata')];
  return [outcome, raw, ...asked, ...(await historiesOf(client, [{ workflowId, runId }]))];
}

test('no trace of any run, or of a job that is cancelled, holds the key', async () => {
  await withApi(
    async (setup) => {
      const { api, client, queue, startWorker, start } = setup;
      const folder = await temporaryFolder();
      const to = pathToFileURL(folder).href;
      await writeFile(join(folder, 'a.txt'), 'a text');
      const folders = { folders: [folder] };
      const { url: baseUrl } = api;
      const plugin = new UnstructuredPlugin({ baseUrl, apiKey: KEY, documents: folders, outputs: folders });
      await startWorker({ plugins: [plugin] });
      const run = (key: string, spec: JobSpec) => {
        api.setStartedJobs(spec);
        const what = { start: { templateId: 't' }, documents: [{ ref: `${to}/a.txt` }], outputs: { to } };
        return startRunJob(client, { key, taskQueue: queue, ...what, ...OFTEN, confirmLimit: '2 seconds' });
      };
      const cancelled = async (handle: WorkflowHandle) => {
        const { length } = api.requests;
        await eventually(() => expect(api.requests.length).toBeGreaterThan(length));
        await handle.cancel();
        return tracesOfHandle(client, handle);
      };
      const troubled: JobSpec = {
        timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']],
        faults: [
          [2, BROKEN],
          [{ operation: 'getJobDetails' }, REFUSED],
          [{ operation: 'downloadJobOutput', first: 1 }, BROKEN],
        ],
      };
      const withReasons: JobSpec = { files: ['b.pdf'], failedFiles: { 'b.pdf': ECHO } };
      const unstoppable: JobSpec = {
        timeline: ['IN_PROGRESS'],
        answers: { cancelEffect: 'nothing' },
        faults: [[{ operation: 'cancelJob' }, REFUSED]],
      };
      const ended = {
        troubled: await tracesOfHandle(client, await run(`troubled-${queue}`, troubled)),
        cancelled: await cancelled(await run(`cancelled-${queue}`, unstoppable)),
        wait: await cancelled(
          await start(api.addJob(unstoppable), { ...OFTEN, onCancel: 'cancel', confirmLimit: '2s' }),
        ),
      };
      const job = api.addJob(withReasons);
      const partly = await tracesOfHandle(client, await start(job, { ...OFTEN, failedFiles: 'fail' }));
      api.addFaults([[{ operation: 'createJob' }, REFUSED]]);
      const refused = await tracesOfHandle(client, await run(`refused-${queue}`, {}));
      for (const [name, traces] of Object.entries({ ...ended, partly, refused }))
        expect(formsIn(traces, KEY), name).toEqual([]);
      expect(ended.troubled[0]).toMatchObject({ documents: [{ status: 'ok' }] });
      expect(unstructuredFailure(partly[0])).toMatchObject({
        type: 'UnstructuredJobPartiallyFailedError',
        details: { failedFiles: [{ document: 'b.pdf', error: expect.stringContaining('[redacted]') as unknown }] },
      });
      expect(ended.cancelled[2]).toMatchObject({ wait: { cancel: { accepted: false, confirmed: false } } });
      expect(ended.wait[2]).toMatchObject({ cancel: { lastError: { type: 'UnstructuredPermissionError' } } });
      expect(refused[0]).toBeInstanceOf(WorkflowFailedError);
    },
    { apiKey: KEY },
  );
  const logs = logsSince(0);
  expect(logs.length).toBeGreaterThan(50);
  expect(logs.filter((entry) => formsIn(entry, KEY).length > 0)).toEqual([]);
});
