/** Performs cases of the sweep, and tells what came of each. A process of its own: it may be ended by what it is sent. */
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { Agent, type Dispatcher, interceptors } from 'undici';
import { UnstructuredClient, type UploadFile } from '../../../src/api/client';
import type { NetworkOptions } from '../../../src/network/options';
import { S3Source } from '../../../src/storage/s3';
import { Storage } from '../../../src/storage/storage';
import { bodyOf, type Case, JOB_ID, markOf, type Way } from './cases';
import { PROXIED_HOST } from './server';

export interface Task {
  cases: [index: number, one: Case][];
  plainPort: number;
  tlsPort: number;
  certificate: string;
  parallel: number;
}

export type Message = { began: number } | { ended: number; outcome: string } | 'done';

/** Longer than any case takes on a busy machine. */
const HUNG_MS = 60_000;

/** Everything that reaches the server by one way; kept, so that connections are used again. */
class Side implements AsyncDisposable {
  readonly client: UnstructuredClient;
  readonly storage: Storage;
  readonly origin: string;
  readonly #dispatcher: Dispatcher | undefined;

  constructor(way: Way, { plainPort, tlsPort, certificate: ca }: Task) {
    const isTls = way === 'tls' || way === 'proxy' || way === 'tlsDispatcher';
    const host = way.toLowerCase().includes('proxy') ? PROXIED_HOST : way === 'composed' ? 'localhost' : '127.0.0.1';
    this.origin = isTls ? `https://${host}:${tlsPort}` : `http://${host}:${plainPort}`;
    this.#dispatcher = dispatcherOf(way, ca);
    const network: NetworkOptions = this.#dispatcher
      ? { dispatcher: this.#dispatcher }
      : { proxy: host === PROXIED_HOST ? 'env' : 'none' };
    this.client = new UnstructuredClient({
      apiKey: 'key-of-the-sweep',
      baseUrl: this.origin,
      allowInsecureHttp: true,
      ...network,
    });
    const s3 = new S3Client({
      endpoint: this.origin,
      forcePathStyle: true,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    const origins = host === PROXIED_HOST && !isTls ? [] : [this.origin];
    const sources = { s3: new S3Source({ client: s3, allowed: ['s3://inbox/'] }) };
    this.storage = new Storage({ documents: { origins, sources } }, network);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await this.storage.close();
    await this.#dispatcher?.destroy();
  }
}

function dispatcherOf(way: Way, ca: string): Dispatcher | undefined {
  switch (way) {
    case 'dispatcher':
      return new Agent();
    case 'tlsDispatcher':
      return new Agent({ connect: { ca } });
    case 'renamed':
      return new Agent().compose(rename);
    case 'composed':
      return new Agent().compose(
        rename,
        interceptors.dns({ dualStack: false, affinity: 4 }),
        interceptors.retry({ maxRetries: 2, minTimeout: 1 }),
      );
    default:
      return undefined;
  }
}

/** As companies do that tell programs by their user agents. */
const rename: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(
    { ...options, headers: { ...(options.headers as Record<string, string>), 'user-agent': 'corp/1.0' } },
    handler,
  );

process.on('message', (task: Task) => {
  void perform(task).then(() => process.send?.('done' satisfies Message, () => process.exit()));
});

async function perform(task: Task): Promise<void> {
  const sides = new Map<Way, Side>();
  const queue = task.cases.values();
  const work = async () => {
    for (const [index, one] of queue) {
      process.send?.({ began: index } satisfies Message);
      const side = sides.get(one.way) ?? new Side(one.way, task);
      sides.set(one.way, side);
      const hung = sleep(HUNG_MS, 'hung', { ref: false });
      const outcome = await Promise.race([transfer(side, markOf(index), one).catch(failureOf), hung]);
      process.send?.({ ended: index, outcome } satisfies Message);
    }
  };
  await Promise.all(Array.from({ length: task.parallel }, work));
  await Promise.all([...sides.values()].map((side) => side[Symbol.asyncDispose]()));
}

function failureOf(error: unknown): string {
  const { name, message, code } = error as NodeJS.ErrnoException;
  return name === 'AssertionError' || name === 'TypeError' ? `broken: ${message}` : `failed: ${code ?? name}`;
}

async function transfer(side: Side, mark: string, one: Case): Promise<string> {
  const { transfer, reader } = one;
  if (transfer === 'upload') {
    const { id } = await side.client.createJob({ templateId: 't' }, [fileOf(mark, reader)]);
    return id === JOB_ID ? 'whole' : 'wrong: another job';
  }
  const parts: Buffer[] = [];
  for await (const part of await bodyFor(side, mark, transfer)) {
    parts.push(Buffer.from(part));
    if (reader === 'stopped' && parts.length === 1) await sleep(150);
    if (reader === 'slow') await sleep(2);
  }
  return Buffer.concat(parts).equals(bodyOf(one)) ? 'whole' : `wrong: ${Buffer.concat(parts).length} bytes`;
}

async function bodyFor(side: Side, mark: string, transfer: Case['transfer']): Promise<AsyncIterable<Uint8Array>> {
  if (transfer === 'download') {
    const { body } = await side.client.downloadJobOutput(JOB_ID, `${mark}.pdf`);
    await sleep(20); // what comes meanwhile waits in the connection
    return body;
  }
  const ref = transfer === 's3' ? `s3://inbox/${mark}.pdf` : `${side.origin}/${mark}.pdf`;
  const document = await side.storage.openDocument(ref, { signal: new AbortController().signal, maxBytes: Infinity });
  return document.stream();
}

/** Answered in its middle, where it is slow or stopped. */
function fileOf(mark: string, reader: Case['reader']): UploadFile {
  return {
    name: `${mark}.pdf`,
    contentType: 'application/pdf',
    bytes: undefined,
    async *stream() {
      for (let part = 0; part < 10; part++) {
        yield Buffer.alloc(20_000, 'x');
        if (reader === 'slow') await sleep(5);
        if (reader === 'stopped' && part === 5) await sleep(150);
      }
    },
  };
}
