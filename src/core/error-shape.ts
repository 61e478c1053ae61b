/**
 * Reads errors by their shape: one that was made in another realm, or by another copy of a package, is an instance of no class that is known
 * here.
 */

/** What an error says; anything else as a text. */
export function messageOf(error: unknown): string {
  const message = fieldOf(error, 'message');
  return typeof message === 'string' ? message : String(error);
}

/** Name of an error's class; `Error` where it has none. */
export function nameOfError(error: unknown): string {
  const name = fieldOf(error, 'name');
  return typeof name === 'string' && name !== '' ? name : 'Error';
}

/** An error and its causes, and the errors that it gathers, outermost first. */
export function causesOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  const rest = [error];
  while (rest.length > 0 && chain.length < 20) {
    const one = rest.shift();
    if (one === undefined || one === null || chain.includes(one)) continue;
    chain.push(one);
    const gathered = fieldOf(one, 'errors') as unknown[] | undefined;
    rest.push(fieldOf(one, 'cause'), ...(Array.isArray(gathered) ? gathered : []));
  }
  return chain;
}

/** The error code of a system or a library, such as `ECONNREFUSED`, of an error or the nearest of its causes. */
export function codeOf(error: unknown): string | undefined {
  const codes = causesOf(error).map((one) => fieldOf(one, 'code'));
  return codes.find((code): code is string => typeof code === 'string' && /^\w{1,64}$/.test(code));
}

export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
