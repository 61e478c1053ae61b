import { UnstructuredPlugin } from 'temporal-unstructured';
import { readSecret } from './secrets';

/** One key is one workspace; inputs name the account: `executeAwaitJob(jobId, { account: 'eu-prod' })`. */
export const plugin = new UnstructuredPlugin({
  accounts: {
    default: { apiKey: () => readSecret('unstructured') },
    'eu-prod': { apiKey: () => readSecret('unstructured_eu'), baseUrl: 'https://eu.example.com/api/v1' },
  },
});
