import { z } from 'zod';
import { readInstant } from '../../core/instant';
import type { FailedFile, JobDetails, JobFileStatus } from '../../core/job-details';
import { jsonBody } from '../http/json';
import type { Operation } from '../http/transport';
import { listSchema, optionalNumber, optionalText, readAnswer } from './read-answer';

/** A count; null if it could not be read. */
const count = z.int().min(0).nullable().catch(null);

const detailsSchema = z.object({
  processing_status: z.string().min(1),
  message: optionalText,
  node_stats: listSchema(
    z.object({
      node_name: optionalText,
      node_type: optionalText,
      node_subtype: optionalText,
      ready: count,
      in_progress: count,
      success: count,
      failure: count,
    }),
  ),
});

/** `GET /jobs/{job_id}/details`. `jobId` is checked. */
export function getJobDetailsOperation(jobId: string): Operation<JobDetails> {
  return {
    method: 'GET',
    path: `/jobs/${jobId}/details`,
    jobId,
    receive: (head, rules) =>
      jsonBody(head, rules, (json) => {
        const wire = readAnswer(detailsSchema, json, 'job details');
        const { entries, unreadable } = wire.node_stats;
        const isPartial = (node: NonNullable<typeof entries>[number]) =>
          [node.ready, node.in_progress, node.success, node.failure].includes(null);
        const unreadableEntries = unreadable + (entries ?? []).filter(isPartial).length;
        return {
          jobId,
          processingStatus: wire.processing_status,
          message: wire.message ?? null,
          nodeStats: (entries ?? []).map((node) => ({
            nodeName: node.node_name ?? null,
            nodeType: node.node_type ?? null,
            nodeSubtype: node.node_subtype ?? null,
            ready: node.ready ?? 0,
            inProgress: node.in_progress ?? 0,
            success: node.success ?? 0,
            failure: node.failure ?? 0,
          })),
          ...(unreadableEntries > 0 && { unreadableEntries }),
        };
      }),
  };
}

/** An entry that names no document still stands for a document that failed. */
const failedFilesSchema = z.object({
  failed_files: z.array(
    z.object({ document: z.string().catch(''), error: optionalText }).catch({ document: '', error: null }),
  ),
});

/** `GET /jobs/{job_id}/failed-files`. `jobId` is checked. The reasons are the vendor's text. */
export function getJobFailedFilesOperation(jobId: string): Operation<FailedFile[]> {
  return {
    method: 'GET',
    path: `/jobs/${jobId}/failed-files`,
    jobId,
    receive: (head, rules) =>
      jsonBody(head, rules, (json) => {
        const { failed_files: files } = readAnswer(failedFilesSchema, json, 'a list of failed files');
        return files.map(({ document, error }) => ({ document, error: error ?? '' }));
      }),
  };
}

const flag = z.boolean().nullish().catch(null);

const fileStatusSchema = z.object({
  files: listSchema(
    z.object({
      record_id: optionalText,
      document: optionalText,
      status: z.string().min(1),
      error: optionalText,
      time_elapsed: optionalNumber,
      current_node: z
        .object({ id: optionalText, status: optionalText, tries: optionalNumber, time_elapsed: optionalNumber })
        .nullish()
        .catch(null),
    }),
  ).refine(({ entries }) => entries !== null, 'no list'),
  truncated: flag,
  index_finished: flag,
  generated_at: optionalText,
});

/** `GET /jobs/{job_id}/file-status`, for use on demand: at most 12 calls a minute for a job. `jobId` is checked. */
export function getJobFileStatusOperation(jobId: string): Operation<JobFileStatus> {
  return {
    method: 'GET',
    path: `/jobs/${jobId}/file-status`,
    jobId,
    receive: (head, rules) => jsonBody(head, rules, (json) => parseFileStatus(jobId, json)),
  };
}

function parseFileStatus(jobId: string, json: unknown): JobFileStatus {
  const wire = readAnswer(fileStatusSchema, json, 'a file status');
  return {
    jobId,
    files: (wire.files.entries ?? []).map(({ current_node: node, ...file }) => ({
      recordId: file.record_id ?? null,
      document: file.document ?? null,
      status: file.status,
      error: file.error ?? null,
      timeElapsed: file.time_elapsed ?? null,
      currentNode: node
        ? {
            id: node.id ?? null,
            status: node.status ?? null,
            tries: node.tries ?? null,
            timeElapsed: node.time_elapsed ?? null,
          }
        : null,
    })),
    unreadableEntries: wire.files.unreadable,
    truncated: wire.truncated ?? false,
    indexFinished: wire.index_finished ?? null,
    generatedAt: readInstant(wire.generated_at ?? ''),
  };
}
