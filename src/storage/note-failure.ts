/** Passes a body on and notes what it fails with, so that a sink can distinguish that from an error of its own. */
export async function* noteFailure(
  body: AsyncIterable<Uint8Array>,
  note: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    note(error);
    throw error;
  }
}
