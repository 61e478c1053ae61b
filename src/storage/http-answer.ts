import type { Refusal } from '../core/document';
import type { RawAnswer } from '../network/get';

export type Body = RawAnswer['body'];
type Headers = RawAnswer['headers'];

/** @throws what `refuse` makes of an answer that is no document; Error where another try may help */
export function judge({ status, headers, body }: RawAnswer, refuse: (reason: Refusal, why: string) => Error): void {
  const problem = statusProblem(status, headers['content-encoding']);
  if (!problem) return;
  letGo(body);
  if (problem === 'later') throw new Error(`The document's server answered ${status}`);
  throw refuse(problem, `its server answered ${status}`);
}

/** Whether the answer itself tells where it ends. Without that, the end of the connection ends it, and one that was cut passes for whole. */
export function tellsItsEnd(headers: Headers): boolean {
  const codings = [headers['transfer-encoding']].flat().join().split(',');
  return headers['content-length'] !== undefined || codings.at(-1)?.trim().toLowerCase() === 'chunked';
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
