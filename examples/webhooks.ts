import { createServer, type Server } from 'node:http';
import type { Client } from '@temporalio/client';
import { createWebhookHandler, toNodeListener } from 'temporal-unstructured/webhooks';
import { readSecret } from './secrets';

export function createWebhookServer(client: Client): Server {
  const secret = () => readSecret('webhook'); // here the variable WEBHOOK_API_KEY
  return createServer(toNodeListener(createWebhookHandler({ client, secret })));
}

/** While you change the secret: a delivery is accepted if it is signed with one of the two. Both must be set. */
export function createWebhookServerOfTwoSecrets(client: Client): Server {
  const secret = () => [readSecret('webhook'), readSecret('webhook_old')];
  return createServer(toNodeListener(createWebhookHandler({ client, secret })));
}
