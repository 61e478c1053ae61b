// Waits that run while a worker is updated go on: the present code replays the histories that every released version recorded.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { SCENARIOS } from '../../scripts/histories/scenarios';
import { isObject } from '../../src/core/values';
import { recordedHistories, replay } from '../support/histories';
import { collectLogs } from '../support/logs';

beforeAll(() => collectLogs());

const HISTORIES = recordedHistories();
const FILES = HISTORIES.map(({ workflowId: file }) => file);

const read = (file: string) => HISTORIES.find(({ workflowId }) => workflowId === file)?.history;

/** All text in a history, that in its payloads decoded. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return `${value}\n${Buffer.from(value, 'base64').toString()}\n`;
  return typeof value === 'object' && value !== null ? Object.values(value).map(textOf).join('') : '';
}

test('each path that matters is recorded, and said what it stands for', () => {
  const names = new Set(FILES.map((file) => /^v1-(.*?)(-first|-last)?\.json$/.exec(file)?.[1]));
  expect([...names].sort()).toEqual(Object.keys(SCENARIOS).sort());
  const readme = readFileSync(join(__dirname, '../histories/README.md'), 'utf8').replaceAll(/ +/g, ' ');
  for (const [name, { behaviour }] of Object.entries(SCENARIOS)) expect(readme).toContain(`| ${name} | ${behaviour} |`);
});

test.each(FILES)('%s replays', async (file) => {
  await replay([{ workflowId: file, history: read(file) }]);
});

test('the own task queue, known to be unserved when a wait continued, is known again in a replay, where it has another name', async () => {
  const { events } = structuredClone(read('v1-continued-last.json'))!;
  const [begun, , , , memo, check] = events;
  const { payloads } = (begun!['workflowExecutionStartedEventAttributes'] as { input: { payloads: Payload[] } }).input;
  const input = JSON.parse(Buffer.from(payloads[0]!.data, 'base64').toString()) as { continued: { state: object } };
  Object.assign(input.continued.state, { unserved: { since: 0, taskQueue: 'documents', isOwn: true } });
  payloads[0]!.data = Buffer.from(JSON.stringify(input)).toString('base64');
  const timedOut = {
    eventId: '7',
    eventTime: check!['eventTime'],
    eventType: 'EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT',
    activityTaskTimedOutEventAttributes: {
      scheduledEventId: check!['eventId'],
      startedEventId: '0',
      failure: { timeoutFailureInfo: { timeoutType: 'TIMEOUT_TYPE_SCHEDULE_TO_START' } },
    },
  };
  const pause = structuredClone(events.slice(8, 12)).map((event, n) => ({ ...event, eventId: String(8 + n) }));
  for (const event of pause)
    for (const attributes of Object.values<unknown>(event))
      if (isObject(attributes) && 'scheduledEventId' in attributes) attributes.scheduledEventId = '8';
  expect([memo!.eventType, check!.eventType, pause[3]!.eventType].map((type) => type.slice(11))).toEqual([
    'WORKFLOW_PROPERTIES_MODIFIED',
    'ACTIVITY_TASK_SCHEDULED',
    'TIMER_STARTED',
  ]);
  // The check that no worker took was the only one: the wait pauses before the next.
  await replay([{ workflowId: 'continued', history: { events: [...events.slice(0, 6), timedOut, ...pause] } }]);
});

interface Payload {
  data: string;
}

test('a history that the code does not go along with is refused', async () => {
  const history: unknown = JSON.parse(JSON.stringify(read('v1-simple.json')).replaceAll('"getJob"', '"askForJob"'));
  await expect(replay([{ workflowId: 'changed', history }])).rejects.toThrow(/changed: .*askForJob/);
});

test('no history holds an API key, or a path or name of the machine that recorded it', () => {
  for (const file of FILES) {
    const text = textOf(read(file));
    expect(text, file).toMatch(/"(jobId|start|workflowId)":/);
    expect(text, file).not.toMatch(
      /key-of-recorded|unstructured-api-key|stackTrace|node_modules|\/(home|root|work|Users)\//,
    );
    expect(text, file).not.toMatch(/\d+@/);
  }
});
