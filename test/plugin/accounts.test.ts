// Each account is asked at its own address with its own key.
import { expect, test } from 'vitest';
import { type UnstructuredClientOptions, UnstructuredPlugin } from '../../src';
import { FakeUnstructured } from '../../src/testing';
import { failureOf } from '../support/failure-of';
import { useTimeSkipping } from '../support/time-skipping';

const withWorker = useTimeSkipping();

test('two accounts, two addresses, two keys', async () => {
  await using eu = await FakeUnstructured.start({ apiKey: 'key-of-eu', seed: 'eu' });
  await using us = await FakeUnstructured.start({ apiKey: 'key-of-us', seed: 'us' });
  const accounts = {
    eu: { baseUrl: eu.url, apiKey: () => 'key-of-eu' },
    us: { baseUrl: `${us.url}/api/v1`, apiKey: 'key-of-us', authentication: 'bearer' },
  } as const;
  await withWorker(
    async ({ waitFor }) => {
      const [euJob, usJob] = [eu.addJob({ files: ['eu.pdf'] }), us.addJob({ files: ['us.pdf'] })];
      expect((await waitFor(euJob, { account: 'eu' })).inputFileIds).toEqual(euJob.fileIds);
      expect((await waitFor(usJob, { account: 'us' })).inputFileIds).toEqual(usJob.fileIds);
      expect(eu.requests.map(({ status }) => status)).toEqual([200, 200]);
      expect(us.requests.map(({ status }) => status)).toEqual([200, 200]);

      const none = await failureOf('UnstructuredValidationError', waitFor(euJob));
      expect(none.message).toBe(
        "Option account is missing, and no account is named 'default'. Accounts of this worker: eu, us.",
      );
      const other = await failureOf('UnstructuredValidationError', waitFor(euJob, { account: 'asia' }));
      expect(other.message).toBe('Unknown account "asia". Accounts of this worker: eu, us.');
      expect([...eu.requests, ...us.requests]).toHaveLength(4);
    },
    { worker: { plugins: [new UnstructuredPlugin({ accounts })] } },
  );
});

test("an input that names none means the account 'default', or the only one", async () => {
  await using eu = await FakeUnstructured.start({ apiKey: 'key-of-eu', seed: 'eu' });
  const [ofEu, ofNobody] = [
    { baseUrl: eu.url, apiKey: 'key-of-eu' },
    { baseUrl: 'http://127.0.0.1:9', apiKey: 'test-key' },
  ];
  const settings: Record<string, UnstructuredClientOptions>[] = [{ nobody: ofNobody, default: ofEu }, { eu: ofEu }];
  for (const accounts of settings) {
    await withWorker(
      async ({ waitFor }) => {
        expect((await waitFor(eu.addJob())).job.status).toBe('COMPLETED');
      },
      { worker: { plugins: [new UnstructuredPlugin({ accounts })] } },
    );
  }
});
