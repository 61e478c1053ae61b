import { UnstructuredStorageError } from '../core/storage-error';
import { LOWEST_RATE, Pace } from '../network/pace';
import { CannotReconnect } from './open-stream';

/**
 * Passes on what a server sends, and fails if it sends too slowly. It is not asked again at once: the next attempt may be quicker.
 * @param stop Ends the transfer
 */
export async function* paced(body: AsyncIterable<Uint8Array>, stop: () => void): AsyncGenerator<Uint8Array> {
  let tooSlow: CannotReconnect | undefined;
  const pace = new Pace(LOWEST_RATE, (figures) => {
    tooSlow = new CannotReconnect(
      new UnstructuredStorageError(`its transfer stalled: ${figures}`, { kind: 'passing' }),
    );
    stop();
  });
  try {
    pace.begin();
    for await (const piece of body) {
      pace.pause(); // now its reader is waited for
      pace.count(piece.length);
      yield piece;
      pace.begin();
    }
  } catch (error) {
    throw tooSlow ?? error;
  } finally {
    pace.end();
  }
}
