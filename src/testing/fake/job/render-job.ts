import { verdictOf } from '../../../core/job';
import type { ParsedAnswers } from './answer-switches';
import type { Upload } from '../support/upload';
import { shuffled } from '../support/ids';

/** The properties of a job that never change. */
export interface JobFacts {
  id: string;
  workflowId: string;
  workflowName: string;
  jobType: string;
  fileIds: readonly string[];
  nodes: readonly { id: string; type: string; subtype: string }[];
  /** Names of the input files, in the order of `fileIds`. */
  names: readonly string[];
  /** The uploaded files, in the order of `fileIds`; empty for a job that was not started over HTTP. */
  uploads: readonly Upload[];
}

const EXTRA_FIELDS = { job_priority: 'standard', region: { name: 'us-east-1' }, labels: ['a', 'b'], retries: 0 };

/**
 * A job as the API's `JobInformation`, in the shape that the switches ask for.
 * @param isStart Whether this is the answer to the job's start
 */
export function renderJob(
  facts: JobFacts,
  createdAt: number | string,
  status: string,
  answers: ParsedAnswers,
  isStart = false,
): Record<string, unknown> {
  const isTerminal = ['completed', 'failed', 'stopped'].includes(verdictOf(status));
  const withOffset = answers.createdAtOffset === 'startOnly' ? isStart : answers.createdAtOffset;
  const runtime = answers.runtime === 'zero' && isTerminal ? 'PT0S' : null;
  return {
    id: facts.id,
    workflow_id: facts.workflowId,
    workflow_name: facts.workflowName,
    status,
    created_at: renderInstant(createdAt, withOffset),
    ...(answers.runtime !== 'absent' && { runtime }),
    ...listField('input_file_ids', answers.inputFileIds, () => fileIdsIn('input_file_ids', facts, answers)),
    ...listField('output_node_files', currentShape(facts, answers, isTerminal), () => renderNodeFiles(facts, answers)),
    ...(answers.jobType === 'always' && { job_type: facts.jobType }),
    ...(answers.extraFields === true ? EXTRA_FIELDS : answers.extraFields || {}),
  };
}

type ListShape = 'always' | 'null' | 'absent';

/** For names of this length or more, real answers had no list. */
const LONG_NAME = 240;

function currentShape({ names }: JobFacts, { outputNodeFiles: shape }: ParsedAnswers, isTerminal: boolean): ListShape {
  if (shape !== 'absent' && names.some((name) => name.length >= LONG_NAME)) return 'null';
  if (shape === 'nullOnceTerminal') return isTerminal ? 'null' : 'always';
  if (shape === 'absentOnceTerminal') return isTerminal ? 'absent' : 'always';
  return shape;
}

function listField(name: string, shape: ListShape, list: () => unknown): Record<string, unknown> {
  if (shape === 'absent') return {};
  return { [name]: shape === 'null' ? null : list() };
}

/** The files in the order in which a list names them. */
function fileIdsIn(list: string, { id, fileIds }: JobFacts, { fileOrder }: ParsedAnswers): readonly string[] {
  return fileOrder === 'given' ? fileIds : shuffled(fileIds, id, list);
}

/** The output node files, file by file, each with all nodes in order. */
function renderNodeFiles(facts: JobFacts, answers: ParsedAnswers): Record<string, string>[] {
  return fileIdsIn('output_node_files', facts, answers).flatMap((fileId) =>
    facts.nodes.map(({ id, type, subtype }) => ({
      node_id: id,
      file_id: fileId,
      ...(answers.nodeTypes && { node_type: type, node_subtype: subtype }),
    })),
  );
}

/** Milliseconds since the epoch; a text without an offset is UTC. */
export function instantMs(instant: number | string): number {
  if (typeof instant === 'number') return instant;
  return Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(instant) ? instant : `${instant}Z`);
}

/** Renders an instant in Python's ISO format: with microseconds, which are left out if they are zero. A text in UTC keeps its digits. */
function renderInstant(instant: number | string, withOffset: boolean): string {
  const isUtcText = typeof instant === 'string' && !/[+-]\d{2}:\d{2}$/.test(instant);
  const text = isUtcText ? instant.replace(/Z$/, '') : pythonInstant(new Date(instant));
  return withOffset ? `${text}Z` : text;
}

function pythonInstant(date: Date): string {
  const text = date.toISOString().slice(0, -1);
  return text.endsWith('.000') ? text.slice(0, -4) : `${text}000`;
}
