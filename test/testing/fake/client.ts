import type { FakeJob, FakeUnstructured } from '../../../src/testing';

/** A clock that moves only when told. */
export class ManualClock {
  at = Date.parse('2026-01-02T03:04:05.678Z');

  advance(ms: number): void {
    this.at += ms;
  }
}

/** Asks for a job as a client does; the answer's JSON is read where it is JSON. */
export async function check(
  api: FakeUnstructured,
  job: Pick<FakeJob, 'id'>,
  init: RequestInit = {},
): Promise<{ status: number; headers: Headers; text: string; json: Record<string, unknown> }> {
  const response = await fetch(`${api.url}/api/v1/jobs/${job.id}`, {
    ...init,
    headers: { 'unstructured-api-key': api.apiKey, ...(init.headers as Record<string, string>) },
  });
  const text = await response.text();
  let json: Record<string, unknown> = {};
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // a fault made it something else
  }
  return { status: response.status, headers: response.headers, text, json };
}

export async function statuses(api: FakeUnstructured, job: FakeJob, count: number): Promise<string[]> {
  const seen: string[] = [];
  for (let i = 0; i < count; i++) seen.push(String((await check(api, job)).json['status']));
  return seen;
}
