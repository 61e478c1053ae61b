import type { NamedAccount } from '../support/named-account';

/** How the demo runs. */
export interface DemoOptions {
  keep: boolean;
  verbose: boolean;
  /** Ports of the demo's own Temporal dev server; undefined for any free port. */
  port?: number;
  uiPort?: number;
  /** Web UI of the server that the environment names. */
  uiUrl?: string;
  /** A job of the real API, instead of jobs of the fake API. */
  real?: NamedAccount & { jobId: string };
}
