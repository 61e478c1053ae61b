import { createHmac } from 'node:crypto';
import { type Client, type WorkflowClient, WorkflowNotFoundError } from '@temporalio/client';

export const SECRET = 'a secret of 24 bytes/+=%"';
export const JOB_ID = '0a1b2c3d-1111-4222-8333-0123456789ab';
export const API_WORKFLOW_ID = '9f8e7d6c-1111-4222-8333-0123456789ab';

/** By the vendor's description, and by no code of the package. */
export function signatureOf(id: string, timestamp: string, body: string | Uint8Array, secret = SECRET): string {
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), Buffer.from(body)]);
  return `v1,${createHmac('sha256', Buffer.from(secret)).update(signed).digest('base64')}`;
}

export function nowInSeconds(offset = 0): string {
  return String(Math.floor(Date.now() / 1_000) + offset);
}

interface Signing {
  id?: string;
  timestamp?: string;
  secret?: string;
}

export function headersOf(body: string | Uint8Array, { id = 'msg_1', timestamp, secret }: Signing = {}) {
  const at = timestamp ?? nowInSeconds();
  return {
    'webhook-id': id,
    'webhook-timestamp': at,
    'webhook-signature': signatureOf(id, at, body, secret),
  };
}

export function bodyOf(type = 'job.completed', job: object = { job_id: JOB_ID, workflow_id: API_WORKFLOW_ID }): string {
  return JSON.stringify({ type, job, processing_time_ms: 1234 });
}

export function delivery(body = bodyOf(), headers: Record<string, string> = headersOf(body)): Request {
  return new Request('http://hooks.example/unstructured', { method: 'POST', body, headers });
}

interface ListedWorkflow {
  workflowId: string;
  status: string;
  memo?: Record<string, unknown>;
}

interface FakeClientOptions {
  /** Workflow ids that run. */
  running?: string[];
  /** What the list shows. @default those that run */
  listed?: ListedWorkflow[];
  signal?: (workflowId: string) => Promise<void>;
  list?: (query: string) => void;
}

/** A client of a namespace in which nothing but these workflows are. */
export function clientWith({ running = [], listed, signal, list }: FakeClientOptions = {}) {
  const signals: string[] = [];
  const queries: string[] = [];
  const deadlines: number[] = [];
  const workflows = {
    getHandle: (workflowId: string) => ({
      signal: async ({ name }: { name: string }) => {
        await signal?.(workflowId);
        if (!running.includes(workflowId)) throw new WorkflowNotFoundError('', workflowId, undefined);
        signals.push(`${name} ${workflowId}`);
      },
    }),
    // eslint-disable-next-line @typescript-eslint/require-await
    list: async function* ({ query }: { query: string }) {
      queries.push(query);
      list?.(query);
      const shown: ListedWorkflow[] = listed ?? running.map((workflowId) => ({ workflowId, status: 'RUNNING' }));
      for (const { status, ...info } of shown) yield { ...info, status: { name: status } };
    },
    withDeadline: <T>(deadline: number, fn: () => Promise<T>) => {
      deadlines.push(deadline);
      return fn();
    },
  };
  const client = { workflow: workflows } as unknown as Client & { workflow: WorkflowClient };
  return { client, signals, queries, deadlines };
}
