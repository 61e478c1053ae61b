/**
 * Entry for whoever receives webhooks: a handler that has waits look at their jobs at once. Plain Node, or whatever has Web requests,
 * `node:crypto` and a Temporal client.
 *
 * @module temporal-unstructured/webhooks
 */
export { createWebhookHandler, type WebhookAnswer, type WebhookHandler, type WebhookHandlerOptions } from './handler';
export { type EventOfJob, type JobEvent, readJobEvent } from './job-event';
export { type NodeListener, toNodeListener } from './node-listener';
export type { WebhookSecret } from './secrets';
export type { WebhookHeaders } from './signature';
export { UnstructuredWebhookError, type WebhookErrorDetails, type WebhookErrorReason } from './webhook-error';
