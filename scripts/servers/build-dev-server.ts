import { TEST_SERVERS } from '../../src/testing/find-server';
import { runCommand } from './run-command';

const MODULE = `github.com/temporalio/cli/cmd/temporal@v${TEST_SERVERS.dev.version}`;

/** Builds the Temporal CLI, dev server and Web UI included, with Go. Needs the Go module proxy, and nothing of GitHub. */
export async function buildDevServer(staging: string, log: string, signal: AbortSignal): Promise<void> {
  await runCommand('go', ['install', '-ldflags', '-s -w', MODULE], {
    log,
    signal,
    cwd: staging,
    env: { CGO_ENABLED: '0', GOBIN: staging },
  });
}
