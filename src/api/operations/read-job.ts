import { z } from 'zod';
import { readInstant } from '../../core/instant';
import { type Job, type NodeFile, type Verdict, verdictOf } from '../../core/job';
import { optionalText, readAnswer } from './read-answer';

/** Longest text that is kept of what travels with each check, and in each failure. */
const MAX_TEXT = 300;

const nodeFileSchema = z.object({
  node_id: z.string().min(1),
  file_id: z.string().min(1),
  node_type: optionalText,
  node_subtype: optionalText,
});

/**
 * The API's `JobInformation`, strict only where leniency would lie: the id, the status and the entries of lists. What decides nothing must
 * not blind a wait. Unknown fields are dropped, unknown statuses and job types kept.
 */
const jobSchema = z.object({
  id: z.string().min(1),
  workflow_id: optionalText,
  workflow_name: optionalText,
  status: z.string().min(1),
  created_at: optionalText,
  runtime: optionalText,
  job_type: optionalText,
  input_file_ids: z.array(z.string()).nullish(),
  output_node_files: z.array(nodeFileSchema).nullish(),
});

/** The job that an answer holds. Throws a Problem that names fields, never their values. */
export function readJob(answer: unknown): Job {
  try {
    return jobOf(readAnswer(jobSchema, answer, 'job'));
  } catch (problem) {
    const told = listedJobSchema.safeParse(answer).data;
    if (!told || !isFailure(verdictOf(told.status))) throw problem;
    return jobOf(told);
  }
}

/** Of a job that failed nobody needs the lists: they must not hide that it did. */
function isFailure(verdict: Verdict): boolean {
  return verdict === 'failed' || verdict === 'stopped';
}

/** One job's list of files that can't be read must not hide all other jobs. An entry without an id could be any job: that is no list. */
const listedJobSchema = jobSchema.extend({
  input_file_ids: jobSchema.shape.input_file_ids.catch(null),
  output_node_files: jobSchema.shape.output_node_files.catch(null),
});

/** The jobs that an answer lists. */
export function readJobs(answer: unknown): Job[] {
  return readAnswer(z.array(listedJobSchema), answer, 'list of jobs').map(jobOf);
}

function jobOf(wire: z.output<typeof jobSchema>): Job {
  return {
    id: wire.id,
    workflowId: cut(wire.workflow_id),
    workflowName: cut(wire.workflow_name),
    status: wire.status.slice(0, MAX_TEXT),
    createdAt: readInstant(wire.created_at ?? ''),
    runtime: cut(wire.runtime),
    jobType: cut(wire.job_type),
    inputFileIds: wire.input_file_ids ?? null,
    outputNodeFiles: wire.output_node_files?.map(readNodeFile) ?? null,
  };
}

function cut(text: string | null | undefined): string | null {
  return text?.slice(0, MAX_TEXT) ?? null;
}

function readNodeFile(wire: z.output<typeof nodeFileSchema>): NodeFile {
  const file: NodeFile = { nodeId: wire.node_id, fileId: wire.file_id };
  if (typeof wire.node_type === 'string') file.nodeType = wire.node_type;
  if (typeof wire.node_subtype === 'string') file.nodeSubtype = wire.node_subtype;
  return file;
}
