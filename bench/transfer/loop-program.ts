/** What the vendor's examples do, in Node: one output after the other, parsed and written; files read whole and sent in one form. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MemoryMeter } from '../support/memory-meter';
import type { ServedJob } from './server-program';

export type LoopTask = { collect: ServedJob; folder: string } | { upload: string[]; url: string };

export interface Measured {
  ms: number;
  /** Peak of the resident memory above that of the idle process, since its begin. */
  peakBytes: number;
}

const meter = new MemoryMeter();
const headers = { 'unstructured-api-key': 'bench-key' };

function checked(response: Response): Response {
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return response;
}

async function collect({ url, jobId, fileIds }: ServedJob, folder: string): Promise<void> {
  for (const fileId of fileIds) {
    const response = checked(await fetch(`${url}/api/v1/jobs/${jobId}/download?file_id=${fileId}`, { headers }));
    await writeFile(join(folder, `${fileId}.json`), JSON.stringify(await response.json()));
  }
}

async function upload(paths: string[], url: string): Promise<void> {
  const form = new FormData();
  form.append('request_data', JSON.stringify({ template_id: 'hi_res_partition' }));
  for (const path of paths) form.append('input_files', new Blob([await readFile(path)]), basename(path));
  const response = checked(await fetch(`${url}/api/v1/jobs/`, { method: 'POST', body: form, headers }));
  await response.json();
}

async function perform(task: LoopTask): Promise<Measured> {
  const begunAt = performance.now();
  if ('collect' in task) await collect(task.collect, task.folder);
  else await upload(task.upload, task.url);
  return { ms: performance.now() - begunAt, peakBytes: meter.peak() };
}

process.on('disconnect', () => process.exit());
process.on('message', (task: LoopTask) => void perform(task).then((measured) => process.send?.(measured)));
