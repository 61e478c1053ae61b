/** Passes a body on and notes the error that it fails with, so that a sink can distinguish it from its own errors. */
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
