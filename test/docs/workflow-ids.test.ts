// The table of workflow ids has all forms that the code makes.
import { expect, test } from 'vitest';
import { keyOfAttempt } from '../../src/core/batch/plan';
import { nextJobWaiterPrefix, waiterWorkflowId } from '../../src/core/names';
import { waiterIds } from '../../src/core/wait/join';
import { tableOf } from '../support/pages';

const told = tableOf('on-call', 'Workflow ids').map(([, ids = '']) => ids);
const [ofJob, ofSameAnswer, ofOneCall = ''] = waiterIds(waiterWorkflowId('<job id>'), '<digest>', '<uuid>');

test.each([
  ofJob,
  ofSameAnswer,
  ofOneCall.slice(ofSameAnswer?.length),
  `${nextJobWaiterPrefix('<workflow id>')}<createdAfter>`,
  ...[1, 2].map((attempt) => keyOfAttempt('<key>', '<number>' as never, attempt)),
])('%s', (id) => {
  expect(told.join('\n')).toContain(id);
});
