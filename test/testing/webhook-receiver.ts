import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A delivery as it came. */
export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  json: { type: string } & Record<string, unknown>;
}

/** Something that receives webhooks, and answers as it is told. */
export class Receiver implements AsyncDisposable {
  readonly received: Received[] = [];
  /** HTTP statuses of the next answers; then 200. */
  readonly answers: number[] = [];
  readonly #server = createServer((request, response) => {
    void text(request).then((body) => {
      this.received.push({ headers: request.headers, body, json: JSON.parse(body) as Received['json'] });
      response.writeHead(this.answers.shift() ?? 200).end('{"result":"noted"}');
    });
  });

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** Types of what came, in order. */
  get types(): string[] {
    return this.received.map(({ json }) => json.type);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
