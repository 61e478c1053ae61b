import { z } from 'zod';
import { readInstant } from '../../core/instant';
import { isJobId, type Job, type NodeFile } from '../../core/job';
import type { Redactor } from '../http/redact';
import { listSchema, optionalText, readAnswer } from './read-answer';

/** Longest text that is kept of a field, because fields travel with each check and in each failure. */
const MAX_TEXT = 300;

const nodeFileSchema = z.object({
  node_id: z.string().min(1),
  file_id: z.string().min(1),
  node_type: optionalText,
  node_subtype: optionalText,
});

/**
 * The API's `JobInformation`. Only the id and the status must be readable. Any other field that cannot be read counts as absent, so that it does not
 * fail a wait. List entries that cannot be read are left out and counted. Unknown fields are dropped; unknown statuses and job types are kept.
 */
const jobSchema = z.object({
  id: z.string().refine(isJobId, 'no uuid'), // nobody could ask for any other
  workflow_id: optionalText,
  workflow_name: optionalText,
  status: z.string().min(1),
  created_at: optionalText,
  runtime: optionalText,
  job_type: optionalText,
  input_file_ids: listSchema(z.string().min(1)),
  output_node_files: listSchema(nodeFileSchema),
});

const createdAtSchema = z.object({ created_at: optionalText }).catch({});

/** Reads the job in an answer. Throws an HttpError that names fields, never their values. */
export function readJob(answer: unknown, redactor: Redactor): Job {
  return toJob(readAnswer(jobSchema, answer, 'a job'), redactor);
}

/** The jobs of a list. */
export interface ListJobsAnswer {
  jobs: Job[];
  /** Entries without a status, or without an id that is a UUID. Each may be any job created at `createdAt`, or at any time if that is null. */
  unreadable: Pick<Job, 'createdAt'>[];
}

export function readJobs(answer: unknown, redactor: Redactor): ListJobsAnswer {
  const { jobs, unreadable }: ListJobsAnswer = { jobs: [], unreadable: [] };
  for (const entry of readAnswer(z.array(z.unknown()), answer, 'a list of jobs')) {
    const { success, data } = jobSchema.safeParse(entry);
    if (success) jobs.push(toJob(data, redactor));
    else unreadable.push({ createdAt: readInstant(createdAtSchema.parse(entry).created_at ?? '') });
  }
  return { jobs, unreadable };
}

function toJob(wire: z.output<typeof jobSchema>, redactor: Redactor): Job {
  const cut = (text: string) => redactor.known(text).slice(0, MAX_TEXT);
  const cutOrNull = (text: string | null | undefined) => (typeof text === 'string' ? cut(text) : null);
  const unreadable = wire.input_file_ids.unreadable + wire.output_node_files.unreadable;
  return {
    id: wire.id,
    workflowId: cutOrNull(wire.workflow_id),
    workflowName: cutOrNull(wire.workflow_name),
    status: cut(wire.status),
    createdAt: readInstant(wire.created_at ?? ''),
    runtime: cutOrNull(wire.runtime),
    jobType: cutOrNull(wire.job_type),
    inputFileIds: wire.input_file_ids.entries,
    outputNodeFiles: wire.output_node_files.entries?.map(readNodeFile) ?? null,
    ...(unreadable > 0 && { unreadableEntries: unreadable }),
  };
}

function readNodeFile(wire: z.output<typeof nodeFileSchema>): NodeFile {
  const file: NodeFile = { nodeId: wire.node_id, fileId: wire.file_id };
  if (typeof wire.node_type === 'string') file.nodeType = wire.node_type;
  if (typeof wire.node_subtype === 'string') file.nodeSubtype = wire.node_subtype;
  return file;
}
