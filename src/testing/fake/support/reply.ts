/** What the fake answers, before it is written to a socket. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent unchanged, instead of `json`. */
  text?: string;
  /** The body is padded to this length with spaces, which JSON allows. */
  padToBytes?: number;
}

/** Part of the answer that is sent before the fault. `request`: nothing; `headers`: only the headers; `half`: the headers and half of the body. */
export type StopPoint = 'request' | 'headers' | 'half';

/** How an answer reaches the client. */
interface Delivery {
  /** Real milliseconds before the first byte. */
  delayMs: number;
  /** The first byte also waits for all of these. */
  held?: PromiseLike<unknown>[];
  /** The body goes out in pieces with a pause before each. */
  drip?: { bytes: number; everyMs: number };
  /** Where the answer stops, and how. */
  stop?: { after: StopPoint; how: 'reset' | 'hang' | 'end' };
}

export interface Exchange {
  reply: Reply;
  delivery: Delivery;
}

/** An error in FastAPI's format. */
export function errorReply(status: number, detail: unknown, headers?: Record<string, string>): Reply {
  return { status, json: { detail }, ...(headers && { headers }) };
}

export function htmlReply(status: number): Reply {
  const title = `${status} ${REASONS[status] ?? 'Error'}`;
  return {
    status,
    headers: { 'content-type': 'text/html' },
    text: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
  };
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'Welcome to nginx!',
  404: 'Not Found',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

export const JOB_NOT_FOUND = errorReply(404, 'Job not found');
export const PATH_NOT_FOUND = errorReply(404, 'Not Found');
