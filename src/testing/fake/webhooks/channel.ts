import { z } from 'zod';
import { isLoopbackHost } from '../../../core/loopback';
import { uuid } from '../job/job-spec';
import { EVENT_TYPES, type EventType } from './job-event';
import { deliverySwitches, type DeliverySwitches } from './delivery-switches';

/** A channel of the type `webhook`, as a test sets it up. */
export interface WebhookSpec extends DeliverySwitches {
  /** A uuid. @default made from the seed and a counter */
  id?: string | undefined;
  /** Target of the deliveries: https, or http to this machine. */
  url: string;
  /** Secret that signs deliveries. The API accepts 24 to 75 bytes. */
  secret: string;
  /** Event types that the channel receives. @default all */
  eventTypes?: EventType[] | undefined;
  /** A uuid: only events of this workflow's jobs are sent. @default those of all */
  workflowId?: string | undefined;
  /** Shown in the list of channels. @default none */
  description?: string | undefined;
  /** Whether events are sent. @default true */
  enabled?: boolean | undefined;
}

export const webhookUrl = z.custom<string>((value) => {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
}, 'an https URL, or an http URL of this machine');

export const eventTypes = z.array(z.enum(EVENT_TYPES)).min(1);

export const webhookSchema = z.strictObject({
  id: uuid.optional(),
  url: webhookUrl,
  secret: z.string().min(1),
  eventTypes: eventTypes.prefault([...EVENT_TYPES]),
  workflowId: uuid.optional(),
  description: z.string().optional(),
  enabled: z.boolean().default(true),
  ...deliverySwitches,
});

export type ParsedWebhook = z.output<typeof webhookSchema>;

/** A channel inside the fake. */
export interface Channel extends ParsedWebhook {
  id: string;
  /** Milliseconds on the fake's clock. */
  createdAt: number;
}

/** A channel as the API shows it, without its secret. The fields are not documented; these are the ones that a request may set. */
export function renderChannel(channel: Channel): Record<string, unknown> {
  return {
    id: channel.id,
    channel_type: 'webhook',
    url: channel.url,
    event_types: channel.eventTypes,
    description: channel.description ?? null,
    enabled: channel.enabled,
    workflow_id: channel.workflowId ?? null,
    created_at: new Date(channel.createdAt).toISOString(),
  };
}
