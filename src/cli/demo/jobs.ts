import type { AwaitJobOptions } from '../../common/inputs';
import { type FakeUnstructured, faults, type JobSpec, type RequestRecord } from '../../testing';
import type { AwaitedJob } from './workflows';

/** A job of the demo, and what the wait for it is to end with. */
interface DemoJob {
  name: string;
  spec: JobSpec;
  /** @default DEMO_WAIT_OPTIONS, with which the wait checks by itself */
  options?: AwaitJobOptions;
  outcome: 'COMPLETED' | 'UnstructuredJobFailedError';
  /** Faults of the API that checks of this job are to meet, in order. */
  faults: string[];
}

const NODES = [
  { type: 'partition', subtype: 'unstructured_api' },
  { type: 'prompter', subtype: 'anthropic_table2html' },
];

/** A newcomer's patience. */
const LONGEST_WAIT = '50 seconds';

/** The worker watches a job whose wait has no shorter gaps. */
export const DEMO_WATCH = { tick: '3 seconds' } as const;

/** Timelines begin with the first check, so that no job is over before somebody looks. */
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
      // Four attempts in a row are one check: this one fails as a whole, and the wait goes on.
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

/** Waits of the demo check more often than the worker does, so they check by themselves. */
export const DEMO_WAIT_OPTIONS = { minimumGap: '1 second', totalLimit: LONGEST_WAIT } as const;
/** Adds the demo's jobs to a fake API, and returns how each is awaited, by the names to show. */
export function addDemoJobs(api: FakeUnstructured): Map<string, AwaitedJob> {
  const added = DEMO_JOBS.map(({ name, spec, options = DEMO_WAIT_OPTIONS }): [string, AwaitedJob] => {
    const { id } = api.addJob({ nodes: NODES, startsAt: 'firstCheck', workflowName: `Demo: ${name}`, ...spec });
    return [name, { jobId: id, options }];
  });
  return new Map(added);
}

/** What went wrong in requests of a job: `503`, `reset`. */
export function faultsMet(requests: readonly RequestRecord[]): string[] {
  return requests
    .filter(({ status }) => status !== 200)
    .map(({ status, faults: applied }) => (status === null ? applied.join(', ') : String(status)));
}
