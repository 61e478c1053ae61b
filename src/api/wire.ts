import { z } from 'zod';
import type { Job, NodeFile } from '../core/job';
import { Problem } from './problem';

/** Most schema issues that an error names. */
const MAX_ISSUES = 3;

/** Anything else than a text is taken for absent: nothing is ever decided by these fields. */
const optionalText = z.string().nullish().catch(null);

const nodeFileSchema = z.object({
  node_id: z.string().min(1),
  file_id: z.string().min(1),
  node_type: optionalText,
  node_subtype: optionalText,
});

/** The API's `JobInformation`. Unknown fields are dropped, unknown statuses and job types kept. */
const jobSchema = z.object({
  id: z.string().min(1),
  workflow_id: z.string(),
  workflow_name: z.string(),
  status: z.string().min(1),
  created_at: z.string(),
  runtime: optionalText,
  job_type: optionalText,
  input_file_ids: z.array(z.string()).nullish(),
  output_node_files: z.array(nodeFileSchema).nullish(),
});

const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?:[Zz]|([+-])(\d{2})(?::?(\d{2}))?)?$/;

/** The job that an answer holds. Throws a Problem that names fields, never their values. */
export function readJob(answer: unknown): Job {
  const parsed = jobSchema.safeParse(answer);
  if (!parsed.success) throw new Problem('response', `the answer is no job: ${describeIssues(parsed.error)}`);
  const wire = parsed.data;
  return {
    id: wire.id,
    workflowId: wire.workflow_id,
    workflowName: wire.workflow_name,
    status: wire.status,
    createdAt: readInstant(wire.created_at),
    runtime: wire.runtime ?? null,
    jobType: wire.job_type ?? null,
    inputFileIds: wire.input_file_ids ?? null,
    outputNodeFiles: wire.output_node_files?.map(readNodeFile) ?? null,
  };
}

function readNodeFile(wire: z.output<typeof nodeFileSchema>): NodeFile {
  const file: NodeFile = { nodeId: wire.node_id, fileId: wire.file_id };
  if (typeof wire.node_type === 'string') file.nodeType = wire.node_type;
  if (typeof wire.node_subtype === 'string') file.nodeSubtype = wire.node_subtype;
  return file;
}

/** Text of a group; a group that took no part has none. */
type Group = string | undefined;

/** The same instant in one form: `T` between date and time, all digits of the fraction, `Z` or `±hh:mm`. No offset means UTC. */
function readInstant(text: string): string {
  const [date = '', time = '', sign = '', hours = '', minutes = '00'] = (DATE_TIME.exec(text)?.slice(1) ??
    []) as Group[];
  const offset = Number(hours + minutes) === 0 ? 'Z' : `${sign}${hours}:${minutes}`;
  const instant = `${date}T${time}${offset}`;
  if (Number.isNaN(Date.parse(instant)))
    throw new Problem('response', 'the answer is no job: created_at is no date and time');
  return instant;
}

function describeIssues({ issues }: z.ZodError): string {
  const named = issues.slice(0, MAX_ISSUES).map(({ path, message }) => `${path.join('.') || 'answer'}: ${message}`);
  return named.join('; ') + (issues.length > MAX_ISSUES ? `; and ${issues.length - MAX_ISSUES} more` : '');
}
