// A wait costs its history little: 11 events a check, and the list of files travels once, however often it is seen.
import { expect, test } from 'vitest';
import { eventsOf, type HistoryEvent } from '../support/histories';
import { OFTEN, useDevServer } from './support/dev-server';
import { attributesOf, payloadBytes } from './support/events';

const { withWorker } = useDevServer();
const CHECKS = 10;

test('a healthy wait for a job with 40 output node files', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ files: 10, nodes: 4, timeline: [['IN_PROGRESS', { checks: CHECKS - 1 }], ['COMPLETED']] });
    const handle = await start(job, OFTEN);
    const { wait, outputNodeFiles } = await handle.result();
    expect(wait).toMatchObject({ checks: CHECKS, failures: {} });
    expect(outputNodeFiles).toHaveLength(40);

    const events = await eventsOf(handle);
    // The first workflow task has three events of its own, no timer stands before the first check, and at the end one question is asked.
    expect(events.length).toBeLessThanOrEqual(11 * CHECKS + 8);

    const [first, ...later] = attributesOf(events, 'activityTaskCompletedEventAttributes').map(payloadBytes);
    const list = JSON.stringify(outputNodeFiles).length;
    expect(first).toBeGreaterThan(list);
    for (const bytes of later) expect(bytes).toBeLessThan(800);
    expect(events.filter((event) => carries(event, job.nodeIds[0]!))).toHaveLength(2);

    const bytes = payloadBytes(events);
    console.log(
      `${events.length} events, ${bytes} bytes of payloads; list ${list}, checks ${[first, ...later].join(' ')}`,
    );
  });
});

/** Whether an event's payloads hold a text. */
function carries(event: HistoryEvent, text: string): boolean {
  const search = (value: unknown): boolean => {
    if (value instanceof Uint8Array) return Buffer.from(value).includes(text);
    return typeof value === 'object' && value !== null && Object.values(value).some(search);
  };
  return search(event);
}
