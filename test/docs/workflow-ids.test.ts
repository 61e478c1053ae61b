// The table of workflow ids has all forms that the code makes.
import { expect, test } from 'vitest';
import { keyOfAttempt } from '../../src/core/batch/plan';
import { nextJobWaiterPrefix, waiterWorkflowId } from '../../src/core/names';
import { waiterIds } from '../../src/core/wait/join';
import { tablesBelow } from '../support/fields';
import { readPage } from '../support/pages';

const rows = tablesBelow(readPage('on-call'), 'Workflow ids').at(-1) ?? [];
const told = rows.flatMap(([, ids = '']) => [...ids.matchAll(/`([^`]+)`/g)].map(([, id]) => id));
const [ofJob, ofSameAnswer, ofOneCall = ''] = waiterIds(waiterWorkflowId('<job id>'), '<digest>', '<uuid>');

test.each([
  ofJob,
  ofSameAnswer,
  ofOneCall.slice(ofSameAnswer?.length),
  `${nextJobWaiterPrefix('<workflow id>')}<createdAfter>`,
  ...[1, 2].map((attempt) => keyOfAttempt('<key>', '<number>' as never, attempt)),
])('%s', (id) => {
  expect(told).toContain(id);
});
