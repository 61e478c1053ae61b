// Builds the bundle of workflows beforehand, as a user does whose program is bundled into one file.
import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';

const plugins = [new UnstructuredPlugin({ apiKey: 'key-of-no-account' })];

void bundleWorkflowCode({ workflowsPath: require.resolve('./workflows'), plugins }).then(({ code }) =>
  writeFile('bundle.js', code),
);
