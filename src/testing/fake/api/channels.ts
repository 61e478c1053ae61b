import { json as readJson } from 'node:stream/consumers';
import { z } from 'zod';
import { isJobId } from '../../../core/job';
import { errorReply, type Reply } from '../support/reply';
import { uuidFrom } from '../support/ids';
import { type Channel, eventTypes, renderChannel, webhookSchema, webhookUrl } from '../webhooks/channel';
import { malformedUuid } from './jobs';
import type { ApiAnswer, ApiRequest } from './request';

/** A secret of a length that the API accepts. */
const secret = z.string().refine((text) => {
  const bytes = Buffer.byteLength(text);
  return bytes >= 24 && bytes <= 75;
}, 'a secret of 24 to 75 bytes');

const changes = {
  url: webhookUrl,
  event_types: eventTypes,
  description: z.string().nullish(),
  enabled: z.boolean().optional(),
  secret: secret.optional(),
};

const newChannel = z.strictObject({ channel_type: z.literal('webhook'), ...changes });
const changedChannel = z.strictObject({ ...changes, url: webhookUrl.optional(), event_types: eventTypes.optional() });

/** `POST /notifications/channels`, and the same for a workflow. The status 201 and the fields of a channel are guesses. */
export async function createChannel(request: ApiRequest): Promise<ApiAnswer> {
  const { world, now } = request;
  const place = readPlace(request);
  if ('reply' in place) return place;
  const given = await readBody(request, newChannel);
  if ('reply' in given) return given;
  const { url, event_types, description, enabled, secret } = given.body;
  const webhook = webhookSchema.parse({
    url,
    eventTypes: event_types,
    description: description ?? undefined,
    enabled,
    // A secret made here is never shown, so nobody can verify these deliveries.
    secret: secret ?? uuidFrom(world.seed, 'secret', world.notifications.channels.length),
    workflowId: place.workflowId,
  });
  return { reply: { status: 201, json: renderChannel(world.addChannel(webhook, now)) } };
}

export function listChannels(request: ApiRequest): ApiAnswer {
  const place = readPlace(request);
  if ('reply' in place) return place;
  return { reply: { status: 200, json: channelsAt(request, place).map(renderChannel) } };
}

export function getChannel(request: ApiRequest): ApiAnswer {
  const found = readChannel(request);
  return 'reply' in found ? found : { reply: { status: 200, json: renderChannel(found) } };
}

export async function updateChannel(request: ApiRequest): Promise<ApiAnswer> {
  const found = readChannel(request);
  if ('reply' in found) return found;
  const given = await readBody(request, changedChannel);
  if ('reply' in given) return given;
  const { url, event_types, description, enabled, secret } = given.body;
  const { world, now } = request;
  world.notice(now); // a channel that is turned on receives only later events
  if (url !== undefined) found.url = url;
  if (event_types !== undefined) found.eventTypes = event_types;
  if (description !== undefined) found.description = description ?? undefined;
  if (enabled !== undefined) found.enabled = enabled;
  if (secret !== undefined) found.secret = secret;
  return { reply: { status: 200, json: renderChannel(found) } };
}

export function deleteChannel(request: ApiRequest): ApiAnswer {
  const found = readChannel(request);
  if ('reply' in found) return found;
  request.world.notifications.remove(found.id);
  return { reply: { status: 204, text: '' } };
}

interface Place {
  workflowId: string | undefined;
}

type Refused = { reply: Reply };

/** The owner of the channels: the workspace, or a workflow. The workflow need not exist. */
function readPlace({ params }: ApiRequest): Place | Refused {
  const id = params['workflow_id'];
  if (id === undefined || isJobId(id)) return { workflowId: id?.toLowerCase() };
  return { reply: errorReply(422, [malformedUuid(['path', 'workflow_id'], id)]) };
}

function channelsAt({ world }: ApiRequest, { workflowId }: Place): Channel[] {
  return world.notifications.channels.filter((channel) => channel.workflowId === workflowId);
}

function readChannel(request: ApiRequest): Channel | Refused {
  const place = readPlace(request);
  if ('reply' in place) return place;
  const id = request.params['channel_id'] ?? '';
  if (!isJobId(id)) return { reply: errorReply(422, [malformedUuid(['path', 'channel_id'], id)]) };
  const found = channelsAt(request, place).find((channel) => channel.id === id.toLowerCase());
  return found ?? { reply: errorReply(404, 'Channel not found') };
}

async function readBody<T>({ body }: ApiRequest, schema: z.ZodType<T>): Promise<{ body: T } | Refused> {
  const parsed = schema.safeParse(await readJson(body).catch(() => undefined));
  if (parsed.success) return { body: parsed.data };
  const errors = parsed.error.issues.map(({ code, path, message }) => {
    const msg = code === 'custom' ? `Input should be ${message}` : message;
    return { type: 'value_error', loc: ['body', ...path.map(String)], msg };
  });
  return { reply: errorReply(422, errors) };
}
