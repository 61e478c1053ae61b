import type { AwaitJobOptions } from '../../common/inputs';
import { type FakeUnstructured, faults, type JobSpec, type RequestRecord } from '../../testing';
import type { AwaitedJob } from './workflows';

/** A job of the demo, and how the wait for it should end. */
interface DemoJob {
  name: string;
  spec: JobSpec;
  /** @default DEMO_WAIT_OPTIONS */
  options?: AwaitJobOptions;
  outcome: 'COMPLETED' | 'UnstructuredJobFailedError';
  /** Faults of the API that checks of this job should meet, in order. */
  faults: string[];
}

const NODES = [
  { type: 'partition', subtype: 'unstructured_api' },
  { type: 'prompter', subtype: 'anthropic_table2html' },
];

/** How long a newcomer is willing to wait. */
const LONGEST_WAIT = '50 seconds';

/** The worker watches each job whose wait has no shorter gaps than this. */
export const DEMO_WATCH = { tick: '3 seconds' } as const;

/** Timelines begin with the first check, so that no job ends before it is first checked. */
export const DEMO_JOBS: readonly DemoJob[] = [
  {
    name: 'simple',
    spec: {
      files: ['annual-report-2025.pdf'],
      timeline: [['SCHEDULED', '2s'], ['IN_PROGRESS', '10s'], ['COMPLETED']],
    },
    outcome: 'COMPLETED',
    faults: [],
  },
  {
    name: 'hiccups',
    spec: {
      files: ['contract-a.docx', 'contract-b.docx'],
      timeline: [['SCHEDULED', '2s'], ['IN_PROGRESS', '20s'], ['COMPLETED']],
      // Four attempts in a row make up one check. This check fails as a whole, and the wait continues.
      faults: [
        [4, faults.status(503)],
        [5, faults.reset()],
        [6, faults.rateLimit({ retryAfter: 3 })],
        [7, faults.status(503)],
      ],
    },
    outcome: 'COMPLETED',
    faults: ['503', 'reset', '429', '503'],
  },
  {
    name: 'queued',
    spec: {
      files: ['scan-0001.tiff'],
      timeline: [['SCHEDULED', '15s'], ['IN_PROGRESS', '8s'], ['COMPLETED']],
    },
    outcome: 'COMPLETED',
    faults: [],
  },
  {
    name: 'failing',
    spec: {
      files: ['encrypted.pdf'],
      failedFiles: { 'encrypted.pdf': 'The document is encrypted' },
      timeline: [['SCHEDULED', '2s'], ['IN_PROGRESS', '6s'], ['FAILED']],
    },
    outcome: 'UnstructuredJobFailedError',
    faults: [],
  },
  {
    name: 'watched',
    spec: {
      files: ['invoice-0017.pdf'],
      timeline: [['SCHEDULED', '5s'], ['IN_PROGRESS', '13s'], ['COMPLETED']],
    },
    options: { minimumGap: DEMO_WATCH.tick, totalLimit: LONGEST_WAIT },
    outcome: 'COMPLETED',
    faults: [],
  },
];

/** Options of the demo's other waits. Their gaps are shorter than the worker's `tick`, so they check the job themselves. */
export const DEMO_WAIT_OPTIONS = { minimumGap: '1 second', totalLimit: LONGEST_WAIT } as const;

/** Adds the demo's jobs to a fake API, and returns how each is awaited, by the names to show. */
export function addDemoJobs(api: FakeUnstructured): Map<string, AwaitedJob> {
  const added = DEMO_JOBS.map(({ name, spec, options = DEMO_WAIT_OPTIONS }): [string, AwaitedJob] => {
    const { id } = api.addJob({ nodes: NODES, startsAt: 'firstCheck', workflowName: `Demo: ${name}`, ...spec });
    return [name, { jobId: id, options }];
  });
  return new Map(added);
}

/** The faults that requests of a job met, such as `503` or `reset`. */
export function faultsMet(requests: readonly RequestRecord[]): string[] {
  return requests
    .filter(({ status }) => status !== 200)
    .map(({ status, faults: applied }) => (status === null ? applied.join(', ') : String(status)));
}
