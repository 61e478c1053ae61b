import type { NamedAccount } from '../support/named-account';

/** How the demo runs. */
export interface DemoOptions {
  keep: boolean;
  verbose: boolean;
  /** Ports of the demo's own Temporal dev server; undefined where any free port will do. */
  port?: number;
  uiPort?: number;
  /** Web UI of a server that was named. */
  uiUrl?: string;
  /** A job of the real API, instead of jobs of the fake one. */
  real?: NamedAccount & { jobId: string };
}
