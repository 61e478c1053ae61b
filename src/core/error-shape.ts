import { isObject } from './values';

/**
 * The fields of an error that are read. They are read by shape, because an error of another realm, as in some test runners, is not an `instanceof
 * Error`.
 */
interface ErrorShape {
  name: string;
  message: string;
  code: string | undefined;
}

/** Maximum number of errors that are read from a chain of causes. */
const MOST_CAUSES = 20;

/** Name, message and code of a thrown value. A value that is not an error becomes text. */
export function errorShape(error: unknown): ErrorShape {
  if (!isObject(error)) return { name: 'Error', message: String(error), code: undefined };
  const { name, message, code } = error as Record<string, unknown>;
  return {
    name: typeof name === 'string' && name !== '' ? name : 'Error',
    message: typeof message === 'string' ? message : Object.prototype.toString.call(error),
    code: typeof code === 'string' ? code : undefined,
  };
}

export function errorMessage(error: unknown): string {
  return errorShape(error).message;
}

/** An error, its causes and the errors that it aggregates, outermost first. */
export function errorCauses(error: unknown): object[] {
  const chain: object[] = [];
  const rest = [error];
  while (rest.length > 0 && chain.length < MOST_CAUSES) {
    const one = rest.shift();
    if (!isObject(one) || chain.includes(one)) continue;
    chain.push(one);
    const gathered = readField(one, 'errors') as unknown[] | undefined;
    rest.push(readField(one, 'cause'), ...(Array.isArray(gathered) ? gathered : []));
  }
  return chain;
}

/** The error codes of a system or a library, such as `ECONNREFUSED`. They are read from the error and its causes, the outermost first. */
export function errorCodes(error: unknown): string[] {
  const codes = errorCauses(error).map((one) => readField(one, 'code'));
  return codes.filter((code): code is string => typeof code === 'string' && /^[\w/]{1,64}$/.test(code));
}

/** The first of the error codes: that of the error, or of the nearest of its causes. */
export function errorCode(error: unknown): string | undefined {
  return errorCodes(error)[0];
}

export function readField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
