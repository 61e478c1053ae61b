import { createServer, type AddressInfo } from 'node:net';
import { CliError } from '../support/errors';

/** A port that nothing listens on at this moment. */
export async function freePort(host: string): Promise<number> {
  return listenOnce(0, host);
}

/** @throws CliError if something listens on that port */
export async function requireFreePort(port: number, host: string): Promise<void> {
  try {
    await listenOnce(port, host);
  } catch (error) {
    throw portError(port, error);
  }
}

/** The error for a port that could not be opened. */
export function portError(port: number, error: unknown): CliError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = { EADDRINUSE: 'is taken', EACCES: 'may not be opened by this user' };
  return new CliError(`Port ${port} ${reasons[code ?? ''] ?? `can't be opened: ${message}`}.`, 1, { cause: error });
}

async function listenOnce(port: number, host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: opened } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return opened;
}
