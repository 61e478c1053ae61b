import { z } from 'zod';
import type { Job, NodeFile } from '../core/job';
import { Problem } from './problem';

/** Longest status and name that are kept: both travel with each check. */
const MAX_NAME = 300;
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

const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?:[Zz]|([+-])(\d{2})(?::?(\d{2}))?)?$/;

/** The job that an answer holds. Throws a Problem that names fields, never their values. */
export function readJob(answer: unknown): Job {
  const parsed = jobSchema.safeParse(answer);
  if (!parsed.success) throw new Problem('response', `the answer is no job: ${describeIssues(parsed.error)}`);
  const wire = parsed.data;
  return {
    id: wire.id,
    workflowId: wire.workflow_id ?? null,
    workflowName: wire.workflow_name?.slice(0, MAX_NAME) ?? null,
    status: wire.status.slice(0, MAX_NAME),
    createdAt: readInstant(wire.created_at ?? ''),
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

/** The same instant in one form: `T` between date and time, all digits of the fraction, `Z` or `±hh:mm`. No offset means UTC. null where it is none. */
function readInstant(text: string): string | null {
  const [date = '', time = '', sign = '', hours = '', minutes = '00'] = (DATE_TIME.exec(text)?.slice(1) ??
    []) as Group[];
  const offset = Number(hours + minutes) === 0 ? 'Z' : `${sign}${hours}:${minutes}`;
  const instant = `${date}T${time}${offset}`;
  return Number.isNaN(Date.parse(instant)) ? null : instant;
}

function describeIssues({ issues }: z.ZodError): string {
  const named = issues.slice(0, MAX_ISSUES).map(({ path, message }) => `${path.join('.') || 'answer'}: ${message}`);
  return named.join('; ') + (issues.length > MAX_ISSUES ? `; and ${issues.length - MAX_ISSUES} more` : '');
}
