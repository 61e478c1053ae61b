import { errorCauses, errorMessage } from '../core/error-shape';
import { mayPass } from './statuses';

/** undici's message if a proxy opens no tunnel. The status is nowhere else. */
const NO_TUNNEL = /^Proxy response \((\d{3})\)/;

/** A proxy's refusal to open a tunnel. */
interface ProxyRefusal {
  message: string;
  status: number;
  /** The same kinds as for storages. `credential`: the proxy refuses its user and password. */
  kind: 'passing' | 'lasting' | 'credential';
}

/** The refusal of a proxy, if a request was not sent because of it; undefined for any other error. */
export function proxyRefusal(error: unknown): ProxyRefusal | undefined {
  const found = errorCauses(error).map((one) => NO_TUNNEL.exec(errorMessage(one))?.[1]);
  const status = Number(found.find((one) => one !== undefined));
  if (Number.isNaN(status)) return undefined;
  const message = `the proxy refused the connection with status ${status}`;
  if (status === 407)
    return { message: `${message}; check the user and password that it gets`, status, kind: 'credential' };
  return { message, status, kind: mayPass(status) ? 'passing' : 'lasting' };
}
