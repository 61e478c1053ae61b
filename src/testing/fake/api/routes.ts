import { createChannel, deleteChannel, getChannel, listChannels, updateChannel } from './channels';
import { downloadJobOutput, getJobDetails, getJobFailedFiles, getJobFileStatus } from './documents';
import { cancelJob, getJob, listJobs } from './jobs';
import { listNotifications } from './notifications';
import type { Operation } from '../support/operations';
import type { ApiAnswer, ApiRequest } from './request';
import { createJob, runWorkflow } from './starts';

interface Route {
  operation: Operation;
  method: string;
  /** Below `/api/v1`, with parameters in braces. */
  path: string;
  handle: (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>;
}

const ROUTES: readonly Route[] = [
  { operation: 'listJobs', method: 'GET', path: '/jobs/', handle: listJobs },
  { operation: 'createJob', method: 'POST', path: '/jobs/', handle: createJob },
  { operation: 'getJob', method: 'GET', path: '/jobs/{job_id}', handle: getJob },
  { operation: 'cancelJob', method: 'POST', path: '/jobs/{job_id}/cancel', handle: cancelJob },
  { operation: 'getJobDetails', method: 'GET', path: '/jobs/{job_id}/details', handle: getJobDetails },
  { operation: 'getJobFailedFiles', method: 'GET', path: '/jobs/{job_id}/failed-files', handle: getJobFailedFiles },
  { operation: 'getJobFileStatus', method: 'GET', path: '/jobs/{job_id}/file-status', handle: getJobFileStatus },
  { operation: 'downloadJobOutput', method: 'GET', path: '/jobs/{job_id}/download', handle: downloadJobOutput },
  { operation: 'runWorkflow', method: 'POST', path: '/workflows/{workflow_id}/run', handle: runWorkflow },
  { operation: 'listNotifications', method: 'GET', path: '/notifications', handle: listNotifications },
  ...channelRoutes('/notifications/channels'),
  ...channelRoutes('/workflows/{workflow_id}/notifications/channels'),
];

/** The routes for channels; the workspace and each workflow have them. */
function channelRoutes(path: string): Route[] {
  const one = `${path}/{channel_id}`;
  return [
    { operation: 'createChannel', method: 'POST', path, handle: createChannel },
    { operation: 'listChannels', method: 'GET', path, handle: listChannels },
    { operation: 'getChannel', method: 'GET', path: one, handle: getChannel },
    { operation: 'updateChannel', method: 'PATCH', path: one, handle: updateChannel },
    { operation: 'deleteChannel', method: 'DELETE', path: one, handle: deleteChannel },
  ];
}

const PATTERNS = ROUTES.map((route) => ({ route, pattern: pathPattern(route.path) }));

/** Finds the route for a method and a path below `/api/v1`. If only the method is wrong, returns the methods that the path allows. */
export function findRoute(
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | { allow: string[] } | undefined {
  const onPath = PATTERNS.flatMap(({ route, pattern }) => {
    const groups = pattern.exec(path);
    return groups ? [{ route, params: decodeAll(groups.groups ?? {}) }] : [];
  });
  const found = onPath.find(({ route }) => route.method === method);
  return found ?? (onPath.length > 0 ? { allow: onPath.map(({ route }) => route.method) } : undefined);
}

function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

function decodeAll(params: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decode(value)]));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
