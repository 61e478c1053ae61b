import { errorCauses, errorShape } from '../core/error-shape';

/** Codes with which undici refuses a request or a handler. */
const REFUSED = ['UND_ERR_INVALID_ARG', 'UND_ERR_INVALID_RETURN_VALUE', 'UND_ERR_NOT_SUPPORTED'];

/** Names of errors that the code of a dispatcher or an interceptor makes, not a network. */
const OF_CODE = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'];

/**
 * What is wrong with the set-up, if that is why a request did not begin; undefined for any other error. The error's own text is not used, because it
 * may contain a key.
 * @param error The dispatcher's error, from before a connection took the request
 */
export function wrongSetup(error: unknown): string | undefined {
  const { name } = errorShape(error);
  const code = deepestCode(error);
  if (code !== undefined && REFUSED.includes(code))
    return `undici refused the request (${code}); a dispatcher of your own must be one of undici 7 or 8`;
  if (code?.startsWith('ERR_OSSL_'))
    return `the keys or certificates of the connection can't be used (${code}); check those of your dispatcher`;
  if (!OF_CODE.includes(name)) return undefined;
  // This is how fetch reports a failed connection: a TypeError whose cause has the code.
  if (code !== undefined && !/^ERR_(INVALID|UNKNOWN|OUT_OF_RANGE|TLS_INVALID|MISSING)/.test(code)) return undefined;
  const what = code === undefined ? name : `${name}, ${code}`;
  return `the dispatcher failed before it sent anything (${what}); that is a wrong set-up, not an outage: check option dispatcher, and that the worker runs on Node`;
}

/** The code of an error. If its own code only says that a connection ended, the code of its cause is used, if there is one. */
export function deepestCode(error: unknown): string | undefined {
  const codes = errorCauses(error).flatMap((e) => {
    const { name, code = name === 'HTTPParserError' ? name : undefined } = errorShape(e);
    return code !== undefined && /^[\w/]{1,64}$/.test(code) ? [code] : [];
  });
  return codes.find((code) => code !== 'UND_ERR_SOCKET') ?? codes[0];
}
