import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { S3_SERVER } from '../../../../scripts/servers/build-s3-server';
import type { BatchReport } from '../../../../src/cli/run/report';
import { partName } from '../../../../src/core/batch/records';
import { FakeUnstructured } from '../../../../src/testing';
import { testInBreadth } from '../../../support/breadth';
import { startS3Server } from '../../../storage/s3/with-server/s3-server';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { runProgram } from '../../program';

const ARGS = ['run', '--from', 's3://inbox/2026 #11', '--to', 's3://parsed/11/', '--template', 'hi_res_partition'];

describe.skipIf(!existsSync(S3_SERVER))('with S3', () => {
  test('a prefix becomes outputs and a manifest in a bucket, and the state stays on this machine', async () => {
    await using server = await startS3Server(await temporaryFolder());
    await using api = await FakeUnstructured.start({ startedJobs: { timeline: ['COMPLETED'] } });
    const { client, env } = server;
    for (const bucket of ['inbox', 'parsed']) await client.send(new CreateBucketCommand({ Bucket: bucket }));
    for (const key of ['a.txt', 'sub/b c.txt', '.hidden.txt'])
      await client.send(new PutObjectCommand({ Bucket: 'inbox', Key: `2026 #11/${key}`, Body: key }));
    const states = await temporaryFolder();
    const account = { UNSTRUCTURED_API_KEY: api.apiKey, UNSTRUCTURED_API_URL: api.url, XDG_STATE_HOME: states };
    const { exitCode, stdout } = await runProgram([...ARGS, '--json'], { ...env, ...account });
    expect(exitCode).toBe(0);
    const { key, counts, manifest, leftOut } = JSON.parse(stdout) as BatchReport;
    expect({ counts, leftOut }).toMatchObject({ counts: { documents: 2, ok: 2 }, leftOut: { hidden: 1 } });
    expect(manifest).toBe(`s3://parsed/11/_manifests/${key}/manifest.json`);
    for (const name of ['a.json', 'sub/b c.json', `_manifests/${key}/manifest.json`])
      await client.send(new GetObjectCommand({ Bucket: 'parsed', Key: `11/${name}` }));
    const [state = ''] = await readdir(join(states, 'temporal-unstructured'));
    expect(state.startsWith(`${key}-`)).toBe(true);
    expect(await readdir(join(states, 'temporal-unstructured', state))).toEqual([
      expect.stringMatching(/^temporal-[0-9a-f]{16}\.db$/),
    ]);
    const nextNight = await runProgram([...ARGS, '--unless-in', 'latest', '--json'], { ...env, ...account });
    expect(JSON.parse(nextNight.stdout)).toMatchObject({ counts: { documents: 0 }, leftOut: { unchanged: 2 } });
  });

  testInBreadth(
    'with a fake API of its own, a program goes on where another one ended in the middle of a job',
    async () => {
      await using server = await startS3Server(await temporaryFolder());
      const { client, env } = server;
      for (const bucket of ['inbox', 'parsed']) await client.send(new CreateBucketCommand({ Bucket: bucket }));
      await client.send(new PutObjectCommand({ Bucket: 'inbox', Key: '2026 #11/a.txt', Body: 'a' }));
      const run = async () => JSON.parse((await runProgram([...ARGS, '--fake', '--json'], env)).stdout) as BatchReport;
      const { key, manifest } = await run();
      // As the records are when the program is killed: the job is begun, and nothing is told of it.
      for (const name of ['manifest.json', `manifest/${partName(1)}`])
        await client.send(new DeleteObjectCommand({ Bucket: 'parsed', Key: `11/_manifests/${key}/${name}` }));
      expect(await run()).toMatchObject({ key, manifest, counts: { documents: 1, ok: 1, failedJobs: 0 } });
    },
  );
});

test('without credentials it ends with 2 and says so', async () => {
  const nowhere = join(await temporaryFolder(), 'nothing');
  const env = { AWS_CONFIG_FILE: nowhere, AWS_SHARED_CREDENTIALS_FILE: nowhere, AWS_EC2_METADATA_DISABLED: 'true' };
  const { exitCode, stderr } = await runProgram([...ARGS, '--fake'], { ...env, AWS_REGION: 'us-east-1' });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /^S3 can't be used: .*credentials.*\. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile in AWS_PROFILE\.\n$/m,
  );
});

test('without the optional packages it ends with 2 and says what to install', async () => {
  const hook = join(await temporaryFolder(), 'without-aws.cjs');
  await writeFile(
    hook,
    `const { Module } = require('node:module');
     const resolve = Module._resolveFilename;
     Module._resolveFilename = (name, ...more) => {
       if (name.startsWith('@aws-sdk/')) throw Object.assign(new Error(name), { code: 'MODULE_NOT_FOUND' });
       return resolve(name, ...more);
     };`,
  );
  expect(await runProgram([...ARGS, '--fake'], { NODE_OPTIONS: `--require ${hook}` })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 's3:// needs packages that are not installed: npm install @aws-sdk/client-s3 @aws-sdk/lib-storage\n',
  });
});
