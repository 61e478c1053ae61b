/** The fake API in a process of its own, so that its load is its own. It tells what it was asked. */
import { FakeUnstructured } from '../../src/testing';

export interface ApiAddress {
  baseUrl: string;
  apiKey: string;
}

/** A job from now on: its statuses before the last, COMPLETED, and how long each lasts, in milliseconds. */
export interface JobPlan {
  statuses: [status: string, ms: number][];
}

export interface AddedJob {
  id: string;
  /** When it becomes COMPLETED, in milliseconds since the epoch. */
  endsAt: number;
}

/** Requests since the start. */
export interface Asked {
  gets: number;
  /** When each list was asked for, in milliseconds since the epoch. */
  lists: number[];
}

export type ApiMessage = 'address' | 'asked' | { add: JobPlan[] };

async function main(): Promise<void> {
  const api = await FakeUnstructured.start();
  const timesOf = (operation: string) => api.requests.filter((request) => request.operation === operation);
  const answer = (message: ApiMessage): ApiAddress | Asked | AddedJob[] => {
    if (message === 'address') return { baseUrl: api.url, apiKey: api.apiKey };
    if (message === 'asked') return { gets: timesOf('getJob').length, lists: timesOf('listJobs').map(({ at }) => at) };
    return message.add.map((plan) => addJob(api, plan));
  };
  process.on('message', (message: ApiMessage) => void process.send?.(answer(message)));
}

function addJob(api: FakeUnstructured, { statuses }: JobPlan): AddedJob {
  const createdAt = Date.now();
  const { id } = api.addJob({ createdAt, startsAt: 'createdAt', timeline: [...statuses, 'COMPLETED'] });
  return { id, endsAt: statuses.reduce((at, [, ms]) => at + ms, createdAt) };
}

process.on('disconnect', () => process.exit());
void main();
