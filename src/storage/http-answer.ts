import type { Dispatcher } from 'undici';
import type { Refusal } from '../core/document';

export type Body = Dispatcher.ResponseData['body'];
type Headers = Dispatcher.ResponseData['headers'];

/** @throws what `refuse` makes of an answer that is no document; Error where another try may help */
export async function judge(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  refuse: (reason: Refusal, why: string) => Error,
): Promise<void> {
  const problem = statusProblem(statusCode, headers['content-encoding']);
  if (!problem) return;
  await body.dump();
  if (problem === 'later') throw new Error(`The document's server answered ${statusCode}`);
  throw refuse(problem, `its server answered ${statusCode}`);
}

/** Bytes as promised; undefined where the answer does not tell. */
export function lengthOf(headers: Headers): number | undefined {
  const length = Number(headers['content-length']);
  return Number.isSafeInteger(length) ? length : undefined;
}

/** Whether nothing comes. Reads the first bytes. */
export async function isEmpty(body: Body): Promise<boolean> {
  const { done } = await body[Symbol.asyncIterator]().next();
  return done === true;
}

/** Gives up what is left of it, and its connection. */
export function letGo(body: Body): void {
  body.on('error', () => undefined).destroy();
}

function statusProblem(status: number, encoding: unknown): Refusal | 'later' | undefined {
  if (status === 404 || status === 410) return 'notFound';
  if (status >= 500 || status === 408 || status === 429) return 'later';
  if (status !== 200) return 'notReadable';
  return encoding === undefined || encoding === 'identity' ? undefined : 'notReadable';
}

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}
