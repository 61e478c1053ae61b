import { randomUUID } from 'node:crypto';
import { orAborted } from '../../common/or-aborted';
import { UnstructuredClient } from '../../api/client';
import { UnstructuredRateLimitError } from '../../core/errors';
import { FakeUnstructured } from '../../testing';
import type { Cleanup } from '../support/cleanup';
import { CliError, reasonText } from '../support/errors';
import type { BatchCommand } from './arguments';

/** An account whose API has accepted its key. */
interface OpenAccount {
  /** The API, in a few words. */
  api: string;
  account: NonNullable<BatchCommand['account']>;
}

/**
 * The account of the batch, or that of a fake API. A wrong key is detected here, before any document of the batch fails because of it.
 * @throws CliError if the API does not accept the key, or does not answer
 */
export async function openAccount(
  account: BatchCommand['account'],
  { cleanup, signal }: { cleanup: Cleanup; signal: AbortSignal },
): Promise<OpenAccount> {
  if (!account) {
    const api = await FakeUnstructured.start({ seed: randomUUID() });
    cleanup.add(() => api.close());
    return { api: `fake, ${api.url}`, account: { apiKey: api.apiKey, baseUrl: api.url } };
  }
  const api = account.baseUrl ?? 'the Unstructured Platform API';
  const client = new UnstructuredClient(account);
  try {
    await orAborted(signal, client.listJobs({ status: 'SCHEDULED' }, { signal }));
  } catch (error) {
    if (signal.aborted) throw error;
    if (!(error instanceof UnstructuredRateLimitError))
      throw new CliError(`${api} can't be used: ${reasonText(error)}`, 2, { cause: error });
  } finally {
    await client.close();
  }
  return { api, account };
}
