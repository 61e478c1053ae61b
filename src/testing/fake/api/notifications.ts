import { isInstant } from '../../../core/instant';
import { isJobId } from '../../../core/job';
import { errorReply } from '../support/reply';
import { EVENT_TYPES, renderNotification } from '../webhooks/job-event';
import { malformedUuid } from './jobs';
import type { ApiAnswer, ApiRequest } from './request';

/** `GET /notifications`: all events, the newest first, whether or not there is a channel. No event ever counts as read. */
export function listNotifications({ query, world, now }: ApiRequest): ApiAnswer {
  const errors = queryErrors(query);
  if (errors.length > 0) return { reply: errorReply(422, errors) };
  world.notice(now);
  const workflowId = query.get('workflow_id')?.toLowerCase();
  const types = query.get('event_types')?.split(',');
  const since = Date.parse(query.get('since') ?? '');
  const found = [...world.notifications.events]
    .filter((event) => workflowId === undefined || event.workflowId === workflowId)
    .filter(({ type }) => types === undefined || types.includes(type))
    .filter(({ at }) => !(at <= since))
    .sort((a, b) => a.at - b.at) // the sort is stable: of events at the same time, the one noticed last is the newest
    .reverse();
  const cursor = query.get('cursor');
  const from = cursor === null ? 0 : found.findIndex(({ id }) => id === cursor) + 1;
  if (cursor !== null && from === 0) return { reply: errorReply(422, [unknownCursor(cursor)]) };
  const page = found.slice(from, from + Number(query.get('limit') ?? 50));
  const isLast = from + page.length >= found.length;
  const json = { events: page.map(renderNotification), next_cursor: isLast ? null : (page.at(-1)?.id ?? null) };
  return { reply: { status: 200, json } };
}

/** The answer for a cursor that no page of this list gave is a guess. */
function unknownCursor(input: string): Record<string, unknown> {
  return { type: 'value_error', loc: ['query', 'cursor'], msg: 'Unknown cursor', input };
}

function queryErrors(query: URLSearchParams): Record<string, unknown>[] {
  const check = (name: string, type: string, msg: string, isGood: (value: string) => boolean) => {
    const input = query.get(name);
    return input === null || isGood(input) ? [] : [{ type, loc: ['query', name], msg, input }];
  };
  const workflowId = query.get('workflow_id');
  const known: readonly string[] = EVENT_TYPES;
  return [
    ...(workflowId === null || isJobId(workflowId) ? [] : [malformedUuid(['query', 'workflow_id'], workflowId)]),
    ...check('event_types', 'enum', `Input should be of ${known.join(', ')}`, (text) =>
      text.split(',').every((one) => known.includes(one)),
    ),
    ...check('since', 'datetime_parsing', 'Input should be a valid datetime', isInstant),
    ...check('limit', 'int_range', 'Input should be from 1 to 100', (text) => /^([1-9]\d?|100)$/.test(text)),
    ...check('unread_only', 'bool_parsing', 'Input should be a valid boolean', (text) => /^(true|false)$/.test(text)),
  ];
}
