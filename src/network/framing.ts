import type { RawAnswer } from './get';

/** Whether the head of an answer says where it ends. Without that, the end of the connection ends it, and one that was cut passes for whole. */
export function hasKnownLength(headers: RawAnswer['headers']): boolean {
  const codings = [headers['transfer-encoding']].flat().join().split(',');
  return headers['content-length'] !== undefined || codings.at(-1)?.trim().toLowerCase() === 'chunked';
}
