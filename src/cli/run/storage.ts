import { stat } from 'node:fs/promises';
import type * as S3Sdk from '@aws-sdk/client-s3';
import { errorCode } from '../../core/error-shape';
import type { StorageOptions } from '../../storage/options';
import type * as S3Entry from '../../storage/s3';
import { CliError, reasonText } from '../support/errors';
import type { Environment } from '../support/options';
import type { Place } from './places';

/** The storage options of the worker: it may read and write these two places, and nothing else. @throws CliError if a place cannot be accessed */
export async function openStorage(from: Place, to: Place, env: Environment = process.env): Promise<StorageOptions> {
  if (from.folder !== undefined) await requireFolder('--from', from.folder);
  const [documents, outputs] = [from, to].map(({ folder }) =>
    folder === undefined ? undefined : { folders: [folder] },
  );
  if (documents && outputs) return { documents, outputs };
  const { S3Source, S3Sink } = loadS3();
  const client = await openClient(env);
  return {
    documents: documents ?? { sources: { s3: new S3Source({ client, allowed: [from.url] }) } },
    outputs: outputs ?? { sinks: { s3: new S3Sink({ client, allowed: [to.url] }) } },
  };
}

/** A source that can list a prefix of S3, and nothing else. */
export async function openPrefix(prefix: Place, env: Environment = process.env): Promise<S3Entry.S3Source> {
  const { S3Source } = loadS3();
  return new S3Source({ client: await openClient(env), allowed: [prefix.url] });
}

async function requireFolder(option: string, folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    const reason = errorCode(error) === 'ENOENT' ? 'no such folder' : reasonText(error);
    throw new CliError(`${option} is ${folder}: ${reason}.`, 2, { cause: error });
  });
  if (!found.isDirectory()) throw new CliError(`${option} is ${folder}: not a folder.`, 2);
}

/** Creates a client with the region, credentials and endpoint that the AWS SDK finds, for example in the environment. */
async function openClient(env: Environment): Promise<S3Sdk.S3Client> {
  const { S3Client } = loadS3();
  const endpoint = env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'];
  const client = new S3Client(endpoint ? { forcePathStyle: true } : {}); // few servers other than AWS have a host for each bucket
  await requireSetting(client.config.region(), 'AWS_REGION');
  await requireSetting(client.config.credentials(), 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  return client;
}

async function requireSetting(setting: Promise<unknown>, variables: string): Promise<void> {
  try {
    await setting;
  } catch (cause) {
    throw new CliError(
      `S3 can't be used: ${reasonText(cause)}. Set ${variables}, or name a profile in AWS_PROFILE.`,
      2,
      { cause },
    );
  }
}

/** Loaded on use, because these packages are optional peers. */
function loadS3(): typeof S3Sdk & typeof S3Entry {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const sdk = require('@aws-sdk/client-s3') as typeof S3Sdk;
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return { ...sdk, ...(require('../../storage/s3') as typeof S3Entry) };
  } catch (cause) {
    if (errorCode(cause) !== 'MODULE_NOT_FOUND') throw cause;
    const packages = '@aws-sdk/client-s3 @aws-sdk/lib-storage';
    throw new CliError(`s3:// needs packages that are not installed: npm install ${packages}`, 2, { cause });
  }
}
