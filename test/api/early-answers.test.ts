// A server may answer while a file is still sent, and the file may break off: an answer that has begun counts, whatever becomes of the file.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RequestListener, ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { UnstructuredClient, UploadFile } from '../../src/api/client';
import { Gate } from '../support/gate';
import { clientOf, errorOf, serve, wireJob } from './support';

const failure = new Error('the disk is gone');
const WORKFLOW_ID = '0cd23a5e-9bd8-4a2e-b6b1-d4ac5eb4bd0c';

/** A file of untold size that fails once `until` is settled. */
function breaking(until: Promise<unknown>): UploadFile {
  return {
    name: 'a.txt',
    contentType: 'text/plain',
    bytes: undefined,
    async *stream() {
      yield Buffer.from('a');
      await until;
      throw failure;
    },
  };
}

/** A file that goes on until the network takes no more. */
function endless(): UploadFile {
  return {
    name: 'a.txt',
    contentType: 'text/plain',
    bytes: undefined,
    async *stream() {
      for (;;) yield await Promise.resolve(Buffer.alloc(65_536));
    },
  };
}

type Start = (client: UnstructuredClient, file: UploadFile) => Promise<unknown>;
const STARTS: [string, Start][] = [
  ['createJob', (client, file) => client.createJob({ templateId: 't' }, [file])],
  ['runWorkflow', (client, file) => client.runWorkflow(WORKFLOW_ID, [file])],
];

/** Answers at the first byte of a body. */
const atOnce =
  (answer: (response: ServerResponse) => void): RequestListener =>
  (request, response) =>
    void request.on('error', () => undefined).once('data', () => answer(response));

/** Settles once a client reads the head of an answer. */
function headRead(): Promise<void> {
  const gate = new Gate();
  const channel = 'undici:request:headers';
  subscribe(channel, gate.open);
  onTestFinished(() => void unsubscribe(channel, gate.open));
  return gate.opened;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const text = JSON.stringify({ detail: 'Too much' });

describe.each(STARTS)('%s', (_, start) => {
  test.each([401, 413, 429, 503])('a %d whose head is there stands, though the file breaks off', async (status) => {
    const url = await serve(
      atOnce((response) => {
        response.writeHead(status, { ...JSON_TYPE, 'content-length': 2 * text.length });
        response.write(text);
      }),
    );
    const { details } = await errorOf(start(clientOf(url), breaking(headRead())));
    expect(details).toMatchObject({ status });
  });

  test('a success whose head is there leaves it open whether there is a job', async () => {
    const url = await serve(
      atOnce((response) => {
        response.writeHead(200, { ...JSON_TYPE, 'x-request-id': 'r-1' });
        response.write('{"id":');
      }),
    );
    const { type, message, details } = await errorOf(start(clientOf(url), breaking(headRead())));
    expect(type).toBe('UnstructuredResponseError');
    expect(message).toContain('the answer broke off, as a file could not be read to its end [request r-1]');
    expect(details).toMatchObject({ kind: 'response', status: 200, requestId: 'r-1' });
    expect(details).not.toHaveProperty('notSent');
    expect(details).not.toHaveProperty('notAccepted');
  });

  test('without an answer the error of the file comes as it is', async () => {
    const received = new Gate();
    const url = await serve((request) => void request.on('error', () => undefined).once('data', () => received.open()));
    await expect(start(clientOf(url), breaking(received.opened))).rejects.toBe(failure);
  });

  test('a whole refusal counts while the file goes on', async () => {
    const url = await serve(
      atOnce((response) => response.writeHead(413, { ...JSON_TYPE, connection: 'close' }).end(text)),
    );
    const { type, details } = await errorOf(start(clientOf(url), endless()));
    expect(type).toBe('UnstructuredRequestError');
    expect(details).toMatchObject({ status: 413, detail: 'Too much' });
  });

  test('a whole success counts while the file goes on', async () => {
    const url = await serve(
      atOnce((response) => response.writeHead(200, JSON_TYPE).end(JSON.stringify(wireJob({ status: 'SCHEDULED' })))),
    );
    expect(JSON.stringify(await start(clientOf(url), endless()))).toContain('"SCHEDULED"');
  });
});

test('a caller who gives up hears of that, though the file breaks off by it', async () => {
  const controller = new AbortController();
  const reason = new Error('no more');
  const given = new Promise((resolve) => controller.signal.addEventListener('abort', resolve));
  const url = await serve(
    (request) => void request.on('error', () => undefined).once('data', () => controller.abort(reason)),
  );
  const options = { signal: controller.signal };
  await expect(clientOf(url).createJob({ templateId: 't' }, [breaking(given)], options)).rejects.toBe(reason);
});
