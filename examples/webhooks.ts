import { createServer, type Server } from 'node:http';
import type { Client } from '@temporalio/client';
import { createWebhookHandler, toNodeListener } from 'temporal-unstructured/webhooks';
import { readSecret } from './secrets';

export function createWebhookServer(client: Client): Server {
  const secret = () => [readSecret('webhook'), readSecret('webhook_old')]; // one is enough while you change none
  return createServer(toNodeListener(createWebhookHandler({ client, secret })));
}
