// A key stands for one run: whoever asks for another answer under it is told so, and never gets that of somebody else.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { type RunJobInput, type RunJobResult, startRunJob, unstructuredFailure } from '../../../src';
import { sample } from '../../support/breadth';
import { failureOf } from '../../support/failure-of';
import { type RunSetup, sent, useRuns } from '../../support/runs';
import { QUEUE } from '../../support/time-skipping';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };

let parents = 0;
async function runBy(who: string, { env }: RunSetup, key: string, input: RunJobInput): Promise<RunJobResult> {
  if (who === 'client') return (await startRunJob(env.client, { key, taskQueue: QUEUE, ...input })).result();
  const workflowId = `other-answers-of-parent-${++parents}`;
  return env.client.workflow.execute<(input: object) => Promise<RunJobResult>>('parentOfRun', {
    workflowId,
    taskQueue: QUEUE,
    args: [{ key, ...input }],
  });
}

async function refusalOf(run: Promise<RunJobResult>): Promise<string> {
  const refused: unknown = await run.then(
    ({ job }) => new Error(`joined job ${job.id}`),
    (error: unknown) => error,
  );
  return unstructuredFailure(refused)?.message ?? (refused as Error).message;
}

test.each(sample(['client', 'parent'], 1))(
  '%s: a run under way, and one that succeeded, is not joined for another answer',
  async (who) => {
    await withRuns(async (setup) => {
      const { api, document, env, outbox, to } = setup;
      const key = `answered-to-${who}`;
      const input = { start, documents: [await document('a.pdf')], outputs: { to } };
      const others: Partial<RunJobInput>[] = [
        { start: { templateId: 'another' } },
        { account: 'eu' },
        { outputs: { to: pathToFileURL(join(outbox, 'b')).href } },
        { outputs: { to, which: 'all' } },
        { outputs: undefined },
        { failedFiles: 'fail' },
        { onRefused: 'skip' },
        { resume: { jobId: '93fc2ce8-e7c8-424f-a6aa-41460fc5d35d' } },
      ];
      const expectRefused = async () => {
        for (const other of others) {
          const message = await refusalOf(runBy(who, setup, key, { ...input, ...other }));
          const [name] = Object.keys(other);
          expect(message).toMatch(new RegExp(`^Option ${name}\\S* must match the run of this key, which has`));
        }
      };
      api.setStartedJobs({ timeline: [['IN_PROGRESS', '20m'], ['COMPLETED']] });
      const first = await startRunJob(env.client, { key, taskQueue: QUEUE, ...input });
      await env.sleep('1 minute');
      await expectRefused();
      const result = await first.result();
      await expectRefused();
      const sameAnswer: RunJobInput = {
        ...input,
        outputs: { to, parallel: 1 },
        runLimit: '1 minute',
        account: 'default',
      };
      expect(await runBy(who, setup, key, sameAnswer)).toEqual(result);
      expect(sent(api, 'createJob')).toBe(1);
    });
  },
);

test.each(sample(['parent', 'client'], 1))(
  '%s: a run whose target was refused is taken up with another target',
  async (who) => {
    await withRuns(async (setup) => {
      const { api, document, outbox, to } = setup;
      const key = `corrected-by-${who}`;
      const input = { start, documents: [await document('a.pdf')], startTaskQueue: QUEUE };
      const wrong = pathToFileURL(join(outbox, '..', 'elsewhere')).href;
      await failureOf('UnstructuredTransferError', runBy(who, setup, key, { ...input, outputs: { to: wrong } }));
      const corrected = pathToFileURL(join(outbox, 'corrected')).href;
      await mkdir(join(outbox, 'corrected'));
      const result = await runBy(who, setup, key, { ...input, outputs: { to: corrected } });
      expect(result.documents[0]).toMatchObject({
        status: 'ok',
        outputs: [{ location: expect.stringContaining(corrected) }],
      });
      expect(await refusalOf(runBy(who, setup, key, { ...input, outputs: { to } }))).toContain('Option outputs.to');
      expect(sent(api, 'createJob')).toBe(1);
    });
  },
);

test.each(sample(['client', 'parent'], 1))(
  '%s: the job of a failed run is not taken up for another one',
  async (who) => {
    await withRuns(async (setup) => {
      const { api, document } = setup;
      const key = `failed-by-${who}`;
      api.setStartedJobs({ timeline: [['FAILED']] });
      const input = { start, documents: [await document('a.pdf')] };
      await failureOf('UnstructuredJobFailedError', runBy(who, setup, key, input));
      for (const other of [{ start: { templateId: 'another' } }, { account: 'eu' }])
        expect(await refusalOf(runBy(who, setup, key, { ...input, ...other }))).toContain(
          `Option ${Object.keys(other)[0]}`,
        );
      await failureOf('UnstructuredJobFailedError', runBy(who, setup, key, input));
      expect(sent(api, 'createJob')).toBe(1);
    });
  },
);

test('a run that was started by name is joined as it is', async () => {
  await withRuns(async (setup) => {
    const { api, document, startRun, to } = setup;
    const input = { start, documents: [await document('a.pdf')] };
    const { job } = await (await startRun({ ...input, outputs: { to } }, { workflowId: 'by-name' })).result();
    for (const who of ['client', 'parent'])
      expect((await runBy(who, setup, 'by-name', { ...input, failedFiles: 'fail' })).job.id).toBe(job.id);
    expect(sent(api, 'createJob')).toBe(1);
  });
});
