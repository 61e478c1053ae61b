import type { Dispatcher } from 'undici';
import type { Redactor } from './redact';

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Status line and headers of an answer. */
export interface AnswerHead {
  status: number;
  headers: AnswerHeaders;
}

/** How the body of a success is read. */
export interface BodyRules {
  /** Largest body, as sent and as decoded. */
  maxBytes: number;
  /** For texts that are shortened: afterwards, a part of a key would not be recognised. */
  redactor: Redactor;
}

/** Receives the body of an answer piece by piece, as it arrives. */
export interface BodySink<T> {
  /** Takes the next piece. Throws an HttpError to stop the answer. `flow` pauses and resumes the answer. */
  write(chunk: Buffer, flow: Pick<Dispatcher.DispatchController, 'pause' | 'resume'>): void;
  /** Returns what was read from the whole body. Called once, after the last piece. */
  end(): T | Promise<T>;
}
