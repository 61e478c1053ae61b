import { UnstructuredClient } from '../../api/client';
import { UnstructuredApiError } from '../../core/errors';
import { UsageError } from './errors';
import type { Environment } from './options';

/** An account of the API, from the environment. */
export interface NamedAccount {
  apiKey: string;
  baseUrl?: string | undefined;
  proxy?: 'env' | undefined;
}

/**
 * Reads the account. The key may only come from the environment, because everyone on the machine can see a program's arguments.
 * @returns undefined if there is no key
 * @throws UsageError naming the variable
 */
export function readAccount(env: Environment): NamedAccount | undefined {
  const apiKey = env['UNSTRUCTURED_API_KEY'];
  if (!apiKey) return undefined;
  const account: NamedAccount = { apiKey, baseUrl: env['UNSTRUCTURED_API_URL'] || undefined, proxy: 'env' };
  try {
    void new UnstructuredClient(account).close();
    return account;
  } catch (error) {
    if (!(error instanceof UnstructuredApiError)) throw error;
    throw new UsageError(byVariables(error.message));
  }
}

/** The client's message about an option, with the names of the environment's variables. */
function byVariables(message: string): string {
  return message
    .replace(/^Option (proxy 'env': |(?=apiKey|baseUrl))/, '')
    .replaceAll(/\bapiKey\b/g, 'UNSTRUCTURED_API_KEY')
    .replaceAll(/\bbaseUrl\b/g, 'UNSTRUCTURED_API_URL')
    .replace(', or set allowInsecureHttp', '');
}
