import type { Dispatcher } from 'undici';

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Status line and headers of an answer. */
export interface AnswerHead {
  status: number;
  headers: AnswerHeaders;
}

/** Receives the body of an answer piece by piece, as it arrives. */
export interface BodySink<T> {
  /** Takes the next piece. Throws an HttpError to stop the answer. `flow` pauses and resumes the answer. */
  write(chunk: Buffer, flow: Pick<Dispatcher.DispatchController, 'pause' | 'resume'>): void;
  /** Returns what was read from the whole body. Called once, after the last piece. */
  end(): T | Promise<T>;
}
