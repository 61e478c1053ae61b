/**
 * Entry for webhook receivers: a handler that makes waits check their jobs at once. Runs in plain Node, or any runtime with Web requests,
 * `node:crypto` and a Temporal client.
 *
 * @module temporal-unstructured/webhooks
 */
export type { AttributeNames } from '../core/attributes';
export { createWebhookHandler, type WebhookAnswer, type WebhookHandler } from './handler';
export { type EventOfJob, type JobEvent, readJobEvent } from './job-event';
export { type NodeListener, toNodeListener } from './node-listener';
export type { WebhookHandlerOptions } from './options';
export type { WebhookSecret } from './secrets';
export type { WebhookHeaders } from './signature';
export { UnstructuredWebhookError, type WebhookErrorDetails, type WebhookErrorReason } from './webhook-error';
