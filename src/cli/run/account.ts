import { randomUUID } from 'node:crypto';
import { orAborted } from '../../common/or-aborted';
import { UnstructuredClient } from '../../api/client';
import { UnstructuredRateLimitError } from '../../core/errors';
import { FakeUnstructured } from '../../testing';
import type { Cleanup } from '../support/cleanup';
import { CliError, reasonText } from '../support/errors';
import type { BatchCommand } from './arguments';

/** An account that answers. */
interface OpenAccount {
  /** What the API is, in a few words. */
  api: string;
  account: NonNullable<BatchCommand['account']>;
}

/**
 * The account of the batch, or that of a fake API. A key that is wrong is found out before any document of the batch fails of it.
 * @throws CliError where the API does not take the key, or does not answer
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
