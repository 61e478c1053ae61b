import { isObject } from './values';

/** What is read of an error. By its shape: one of another realm, as a test runner makes them, is no `instanceof Error`. */
export interface ErrorShape {
  name: string;
  message: string;
  code: string | undefined;
}

/** Longest chain of causes that is read. */
const MOST_CAUSES = 10;

/** Name, text and code of whatever was thrown. What is no error is told as text. */
export function shapeOf(error: unknown): ErrorShape {
  if (!isObject(error)) return { name: 'Error', message: String(error), code: undefined };
  const { name, message, code } = error as Record<string, unknown>;
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : Object.prototype.toString.call(error),
    code: typeof code === 'string' ? code : undefined,
  };
}

export function messageOf(error: unknown): string {
  return shapeOf(error).message;
}

/** An error and what caused it, the outermost first. */
export function causesOf(error: unknown): object[] {
  const chain: object[] = [];
  for (let e = error; isObject(e) && chain.length < MOST_CAUSES; e = (e as { cause?: unknown }).cause) chain.push(e);
  return chain;
}
