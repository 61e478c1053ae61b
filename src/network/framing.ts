import type { RawAnswer } from './get';

/** Whether the head of an answer says where the body ends. If not, the end of the connection ends it, and a truncated body looks complete. */
export function hasKnownLength(headers: RawAnswer['headers']): boolean {
  const codings = [headers['transfer-encoding']].flat().join().split(',');
  return headers['content-length'] !== undefined || codings.at(-1)?.trim().toLowerCase() === 'chunked';
}
