// A key that stands in a history or a log line is found there in every form, also by the check at the end of a test file.
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, expect, test } from 'vitest';
import { historiesOf } from '../support/histories';
import { logMark, logsSince } from '../support/logs';
import { formsIn, formsOf, KEY } from '../support/secrets';
import { useDevServer } from './support/dev-server';
import { indiscreet } from './support/workflows';

const FORMS = Object.entries(formsOf(KEY));

let isChecked = false;
// Registered first, so it runs last.
afterAll(() => expect(isChecked).toBe(true));
const { withApi, withWorker } = useDevServer({ atEnd: expectAllFound });

async function expectAllFound(check: () => Promise<void>): Promise<void> {
  const error: unknown = await check().catch((reason: unknown) => reason);
  const [headline, ...places] = String(error).split('\n');
  expect(headline).toBe('Error: The API key stands in:');
  const histories = [...FORMS.map(([form]) => `indiscreet-${form}`), 'memo'].map((id) => `history of ${id}`);
  const lines = ['a secret', 'Workflow failed'].map((message) => `log line "${message}"`);
  expect(new Set(places)).toEqual(new Set([...histories, ...lines]));
  isChecked = true;
}

test.each(FORMS)('in the input, the failure and the log of a workflow: %s', async (form, text) => {
  await withWorker(async ({ client, queue }) => {
    const mark = logMark();
    const options = { workflowId: `indiscreet-${form}`, taskQueue: queue, args: [text] as [string] };
    const failure: unknown = await client.workflow.execute(indiscreet, options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect(formsIn(failure, KEY)).toContain(form);

    const { runId } = await client.workflow.getHandle(options.workflowId).describe();
    const [run] = await historiesOf(client, [{ workflowId: options.workflowId, runId }]);
    for (const kind of ['workflowExecutionStartedEventAttributes', 'workflowExecutionFailedEventAttributes'] as const) {
      const event = run!.history.events!.find((each) => each[kind]);
      expect(formsIn(event, KEY), kind).toContain(form);
    }
    expect(logsSince(mark).flatMap((entry) => formsIn(entry, KEY))).toContain(form);
  });
});

test('in the memo of a workflow', async () => {
  await withApi(async ({ client, queue }) => {
    const options = { workflowId: 'memo', taskQueue: queue, args: ['nothing'] as [string], memo: { note: KEY } };
    const { firstExecutionRunId: runId } = await client.workflow.start(indiscreet, options);
    const [run] = await historiesOf(client, [{ workflowId: 'memo', runId }]);
    expect(formsIn(run!.history, KEY)).toContain('plain');
  });
});
