import { S3Client } from '@aws-sdk/client-s3';
import { Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';
import { S3Sink, S3Source } from 'temporal-unstructured/s3';
import * as activities from './activities';
import { readSecret } from './secrets';

export async function createRunWorker(): Promise<Worker> {
  const client = new S3Client({ region: 'eu-central-1' });
  return Worker.create({
    taskQueue: 'documents',
    workflowsPath: require.resolve('./workflows'),
    activities,
    plugins: [
      new UnstructuredPlugin({
        apiKey: () => readSecret('unstructured'),
        documents: {
          folders: ['/data/inbox'],
          origins: ['https://files.example.com'],
          sources: { s3: new S3Source({ client, allowed: ['s3://inbox/'] }) },
        },
        outputs: {
          folders: ['/data/parsed'],
          sinks: { s3: new S3Sink({ client, allowed: ['s3://parsed/'] }) },
        },
      }),
    ],
  });
}
