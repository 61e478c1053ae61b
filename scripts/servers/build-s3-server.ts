import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '../../src/testing/servers';
import { fillCache } from './fill-cache';
import { runCommand } from './run-command';

const VERSION = '1.8.0';
const MODULE = `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`;

/**
 * The executable of a real S3-compatible server for tests: from the cache, or built into it with Go, which takes about a minute.
 * @throws Error where Go is missing or the build fails
 */
export async function ensureS3Server(): Promise<string> {
  const folder = cachedFolder(`versitygw-${VERSION}`);
  const executable = join(folder, 'versitygw');
  if (existsSync(executable)) return executable;
  await fillCache({
    folder,
    build: (staging, log) =>
      runCommand('go', ['install', '-ldflags', '-s -w', MODULE], {
        log,
        cwd: staging,
        env: { CGO_ENABLED: '0', GOBIN: staging },
      }),
    works: (built) => Promise.resolve(existsSync(join(built, 'versitygw'))),
  });
  return executable;
}
